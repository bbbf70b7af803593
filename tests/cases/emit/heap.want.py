def track_event_fires(event, run):
    """Whether an event is one for Track Event."""
    type_ = event.get('type')
    return type_ == 'track' or type_ == 'page' or type_ == 'screen'


def track_event(event, run):
    """Track Event."""
    payload = {}

    # message_id: string required
    message_id = event.get('messageId')
    if type(message_id) is str:
        payload['message_id'] = message_id
    elif message_id is None:
        raise missing('message_id')
    else:
        run.settle(payload, 'message_id', message_id, as_string(message_id), 'string', 'message_id', True)

    # anonymous_id: string
    anonymous_id = event.get('anonymousId')
    if type(anonymous_id) is str:
        payload['anonymous_id'] = anonymous_id
    elif anonymous_id is not None:
        run.settle(payload, 'anonymous_id', anonymous_id, as_string(anonymous_id), 'string', 'anonymous_id')

    # event: string(1024)
    event_ = event.get('event')
    if type(event_) is str and len(event_) <= 1024:
        payload['event'] = event_
    elif event_ is not None:
        run.settle(payload, 'event', event_, run.shorten(as_string(event_), 1024, 'event'), 'string(1024)', 'event')

    # properties: object
    properties = event.get('properties')
    if type(properties) is dict:
        payload['properties'] = properties
    elif properties is not None:
        run.settle(payload, 'properties', properties, as_object(properties), 'object', 'properties')

    # timestamp: datetime
    timestamp = event.get('timestamp')
    if timestamp is None:
        timestamp = run.now()
    if type(timestamp) is str and DATETIME.match(timestamp):
        payload['timestamp'] = timestamp
    elif timestamp is not None:
        run.settle(payload, 'timestamp', timestamp, as_datetime(timestamp), 'datetime', 'timestamp')

    # type: string
    type_ = event.get('type')
    if type(type_) is str:
        payload['type'] = type_
    elif type_ is not None:
        run.settle(payload, 'type', type_, as_string(type_), 'string', 'type')

    # name: string
    name_ = event.get('name')
    if type(name_) is str:
        payload['name'] = name_
    elif name_ is not None:
        run.settle(payload, 'name', name_, as_string(name_), 'string', 'name')

    # traits: object
    context = event.get('context')
    if type(context) is not dict:
        context = EMPTY
    traits = context.get('traits')
    if type(traits) is dict:
        payload['traits'] = traits
    elif traits is not None:
        run.settle(payload, 'traits', traits, as_object(traits), 'object', 'traits')

    return payload


def identify_user_fires(event, run):
    """Whether an event is one for Identify User."""
    type_ = event.get('type')
    return type_ == 'identify'


def identify_user(event, run):
    """Identify User."""
    payload = {}

    # user_id: string required
    user_id = event.get('userId')
    if type(user_id) is str:
        payload['user_id'] = user_id
    elif user_id is None:
        raise missing('user_id')
    else:
        run.settle(payload, 'user_id', user_id, as_string(user_id), 'string', 'user_id', True)

    # anonymous_id: string
    anonymous_id = event.get('anonymousId')
    if type(anonymous_id) is str:
        payload['anonymous_id'] = anonymous_id
    elif anonymous_id is not None:
        run.settle(payload, 'anonymous_id', anonymous_id, as_string(anonymous_id), 'string', 'anonymous_id')

    # traits: object
    traits = event.get('traits')
    if type(traits) is dict:
        payload['traits'] = traits
    elif traits is not None:
        run.settle(payload, 'traits', traits, as_object(traits), 'object', 'traits')

    return payload


def route(event, run):
    """Each action whose trigger holds, with its payload or its rejection."""
    results = []
    type_ = event.get('type')
    if type_ == 'track' or type_ == 'page' or type_ == 'screen':
        try:
            results.append(('trackEvent', track_event(event, run)))
        except Rejected as rejected:
            results.append(('trackEvent', rejected))
    elif type_ == 'identify':
        try:
            results.append(('identifyUser', identify_user(event, run)))
        except Rejected as rejected:
            results.append(('identifyUser', rejected))
    return results
