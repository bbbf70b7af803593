TABLE_GENDER = (
    ('m', 'M'),
    ('male', 'M'),
    ('man', 'M'),
    ('f', 'F'),
    ('female', 'F'),
    ('woman', 'F'),
    ('o', 'O'),
    ('other', 'O'),
    ('nonbinary', 'O'),
    ('non-binary', 'O'),
)


def as_user_alias(value):
    """An object of the shape UserAlias, or None."""
    if type(value) is not dict:
        return None
    fitted = {}
    member = value.get('alias_name')
    if member is not None:
        member = as_string(member)
    if member is not None:
        fitted['alias_name'] = member
    else:
        return None
    member = value.get('alias_label')
    if member is not None:
        member = as_string(member)
    if member is not None:
        fitted['alias_label'] = member
    else:
        return None
    return fitted


def as_integer_2(value):
    """A value of the type integer(1..100), or None."""
    value = as_integer(value)
    if value is not None and (value < 1 or value > 100):
        return None
    return value


def set_attributes_fires(event, run):
    """Whether an event is one for Set Attributes."""
    type_ = event.get('type')
    return type_ == 'identify'


def set_attributes(event, run):
    """Set Attributes."""
    payload = {}

    # external_id: string
    external_id = event.get('userId')
    if type(external_id) is str:
        payload['external_id'] = external_id
    elif external_id is not None:
        run.settle(payload, 'external_id', external_id, as_string(external_id), 'string', 'external_id')

    # user_alias: UserAlias
    user_id = event.get('userId')
    if user_id is None:
        user_alias = {}
        alias_name = event.get('anonymousId', NOTHING)
        if alias_name is not NOTHING:
            user_alias['alias_name'] = alias_name
        user_alias['alias_label'] = 'anonymous'
    else:
        user_alias = None
    if user_alias is not None:
        run.settle(payload, 'user_alias', user_alias, as_user_alias(user_alias), 'UserAlias', 'user_alias')

    # app_id: string
    app_id = run.settings.get('appId')
    if type(app_id) is str:
        payload['app_id'] = app_id
    elif app_id is not None:
        run.settle(payload, 'app_id', app_id, as_string(app_id), 'string', 'app_id')

    # email: email
    context = event.get('context')
    if type(context) is not dict:
        context = EMPTY
    bound = fn_merge((context.get('traits'), event.get('traits')))
    bound_object = bound
    if type(bound_object) is not dict:
        bound_object = EMPTY
    email = fn_lower(fn_trim(bound_object.get('email')))
    if email is not None:
        run.settle(payload, 'email', email, as_email(email), 'email', 'email')

    # first_name: string(255)
    first_name = bound_object.get('firstName')
    if first_name is None:
        first_name = bound_object.get('first_name')
    if type(first_name) is str and len(first_name) <= 255:
        payload['first_name'] = first_name
    elif first_name is not None:
        run.settle(payload, 'first_name', first_name, run.shorten(as_string(first_name), 255, 'first_name'), 'string(255)', 'first_name')

    # last_name: string(255)
    last_name = bound_object.get('lastName')
    if last_name is None:
        last_name = bound_object.get('last_name')
    if type(last_name) is str and len(last_name) <= 255:
        payload['last_name'] = last_name
    elif last_name is not None:
        run.settle(payload, 'last_name', last_name, run.shorten(as_string(last_name), 255, 'last_name'), 'string(255)', 'last_name')

    # phone: string
    phone = fn_replace(bound_object.get('phone'), ' ', '')
    if phone is not None:
        payload['phone'] = phone

    # dob: string
    part = bound_object.get('birthday')
    dob = fn_date(part, 'YYYY-MM-DD')
    if dob is not None:
        payload['dob'] = dob

    # gender: 'M' or 'F' or 'O'
    gender = fn_lookup(fn_lower(bound_object.get('gender')), TABLE_GENDER)
    if gender is NOTHING:
        gender = None
    if type(gender) is str and gender in ('M', 'F', 'O'):
        payload['gender'] = gender
    elif gender is not None:
        run.settle(payload, 'gender', gender, as_one_of(gender, ('M', 'F', 'O')), '"M" or "F" or "O"', 'gender')

    # home_city: string
    address = bound_object.get('address')
    if type(address) is not dict:
        address = EMPTY
    home_city = address.get('city')
    if home_city is None:
        home_city = bound_object.get('city')
    if type(home_city) is str:
        payload['home_city'] = home_city
    elif home_city is not None:
        run.settle(payload, 'home_city', home_city, as_string(home_city), 'string', 'home_city')

    # country: string(2)
    part_2 = address.get('country')
    if part_2 is None:
        part_2 = bound_object.get('country')
    country = fn_upper(part_2)
    if type(country) is str and len(country) <= 2:
        payload['country'] = country
    elif country is not None:
        run.settle(payload, 'country', country, run.shorten(as_string(country), 2, 'country'), 'string(2)', 'country')

    # language: string(2)
    language = fn_slice(context.get('locale'), 0, 2)
    if type(language) is str and len(language) <= 2:
        payload['language'] = language
    elif language is not None:
        run.settle(payload, 'language', language, run.shorten(as_string(language), 2, 'language'), 'string(2)', 'language')

    # email_subscribe: 'opted_in' or 'subscribed' or 'unsubscribed'
    traits = event.get('traits')
    if type(traits) is not dict:
        traits = EMPTY
    newsletter = traits.get('newsletter')
    if newsletter is True:
        email_subscribe = 'opted_in'
    elif newsletter is False:
        email_subscribe = 'unsubscribed'
    else:
        email_subscribe = None
    if type(email_subscribe) is str and email_subscribe in ('opted_in', 'subscribed', 'unsubscribed'):
        payload['email_subscribe'] = email_subscribe
    elif email_subscribe is not None:
        run.settle(payload, 'email_subscribe', email_subscribe, as_one_of(email_subscribe, ('opted_in', 'subscribed', 'unsubscribed')), '"opted_in" or "subscribed" or "unsubscribed"', 'email_subscribe')

    # every member of an object; rows with a name win
    members = fn_omit(bound, ('email', 'firstName', 'first_name', 'lastName', 'last_name', 'phone', 'birthday', 'gender', 'address', 'city', 'country', 'newsletter'))
    if type(members) is dict:
        for key in members:
            if key not in payload:
                payload[key] = members[key]
    elif members is not None:
        run.misfit(members, 'object', '*', False)

    return payload


def log_event_fires(event, run):
    """Whether an event is one for Log Event."""
    type_ = event.get('type')
    event_ = event.get('event')
    return type_ == 'track' and event_ != 'Order Completed'


def log_event(event, run):
    """Log Event."""
    payload = {}

    # external_id: string
    external_id = event.get('userId')
    if type(external_id) is str:
        payload['external_id'] = external_id
    elif external_id is not None:
        run.settle(payload, 'external_id', external_id, as_string(external_id), 'string', 'external_id')

    # user_alias: UserAlias
    user_id = event.get('userId')
    if user_id is None:
        user_alias = {}
        alias_name = event.get('anonymousId', NOTHING)
        if alias_name is not NOTHING:
            user_alias['alias_name'] = alias_name
        user_alias['alias_label'] = 'anonymous'
    else:
        user_alias = None
    if user_alias is not None:
        run.settle(payload, 'user_alias', user_alias, as_user_alias(user_alias), 'UserAlias', 'user_alias')

    # app_id: string
    app_id = run.settings.get('appId')
    if type(app_id) is str:
        payload['app_id'] = app_id
    elif app_id is not None:
        run.settle(payload, 'app_id', app_id, as_string(app_id), 'string', 'app_id')

    # name: string(255) required
    name_ = event.get('event')
    if type(name_) is str and len(name_) <= 255:
        payload['name'] = name_
    elif name_ is None:
        raise missing('name')
    else:
        run.settle(payload, 'name', name_, run.shorten(as_string(name_), 255, 'name'), 'string(255)', 'name', True)

    # time: datetime required
    time = event.get('timestamp')
    if time is None:
        time = run.now()
    if type(time) is str and DATETIME.match(time):
        payload['time'] = time
    elif time is None:
        raise missing('time')
    else:
        run.settle(payload, 'time', time, as_datetime(time), 'datetime', 'time', True)

    # properties: object
    properties = fn_omit(event.get('properties'), ('email',))
    if properties is not None:
        payload['properties'] = properties

    return payload


def log_purchase_fires(event, run):
    """Whether an event is one for Log Purchase."""
    type_ = event.get('type')
    event_ = event.get('event')
    return type_ == 'track' and event_ == 'Order Completed'


def log_purchase(item, event, run):
    """Log Purchase."""
    payload = {}

    # external_id: string
    external_id = event.get('userId')
    if type(external_id) is str:
        payload['external_id'] = external_id
    elif external_id is not None:
        run.settle(payload, 'external_id', external_id, as_string(external_id), 'string', 'external_id')

    # user_alias: UserAlias
    user_id = event.get('userId')
    if user_id is None:
        user_alias = {}
        alias_name = event.get('anonymousId', NOTHING)
        if alias_name is not NOTHING:
            user_alias['alias_name'] = alias_name
        user_alias['alias_label'] = 'anonymous'
    else:
        user_alias = None
    if user_alias is not None:
        run.settle(payload, 'user_alias', user_alias, as_user_alias(user_alias), 'UserAlias', 'user_alias')

    # app_id: string
    app_id = run.settings.get('appId')
    if type(app_id) is str:
        payload['app_id'] = app_id
    elif app_id is not None:
        run.settle(payload, 'app_id', app_id, as_string(app_id), 'string', 'app_id')

    # product_id: string(255) required
    item_object = item
    if type(item_object) is not dict:
        item_object = EMPTY
    product_id = item_object.get('product_id')
    if product_id is None:
        product_id = item_object.get('sku')
    if type(product_id) is str and len(product_id) <= 255:
        payload['product_id'] = product_id
    elif product_id is None:
        raise missing('product_id')
    else:
        run.settle(payload, 'product_id', product_id, run.shorten(as_string(product_id), 255, 'product_id'), 'string(255)', 'product_id', True)

    # currency: string(3) required
    properties = event.get('properties')
    if type(properties) is not dict:
        properties = EMPTY
    currency = item_object.get('currency')
    if currency is None:
        currency = properties.get('currency')
    if currency is None:
        currency = run.settings.get('currency')
    if type(currency) is str and len(currency) <= 3:
        payload['currency'] = currency
    elif currency is None:
        raise missing('currency')
    else:
        run.settle(payload, 'currency', currency, run.shorten(as_string(currency), 3, 'currency'), 'string(3)', 'currency', True)

    # price: number required
    price = fn_number(item_object.get('price'))
    if price is None:
        raise missing('price')
    payload['price'] = price

    # quantity: integer(1..100)
    quantity = fn_integer(item_object.get('quantity'))
    if quantity is None:
        quantity = 1
    if type(quantity) is int and 1 <= quantity <= 100:
        payload['quantity'] = quantity
    elif quantity is not None:
        run.settle(payload, 'quantity', quantity, as_integer_2(quantity), 'integer(1..100)', 'quantity')

    # time: datetime required
    time = event.get('timestamp')
    if time is None:
        time = run.now()
    if type(time) is str and DATETIME.match(time):
        payload['time'] = time
    elif time is None:
        raise missing('time')
    else:
        run.settle(payload, 'time', time, as_datetime(time), 'datetime', 'time', True)

    # properties: object
    part = {}
    order_id = properties.get('order_id', NOTHING)
    if order_id is not NOTHING:
        part['order_id'] = order_id
    detail = {}

    # Detail.name: string
    name_ = item_object.get('name')
    if type(name_) is str:
        detail['name'] = name_
    elif name_ is not None:
        run.settle(detail, 'name', name_, as_string(name_), 'string', 'Detail.name')

    # Detail.category: string
    category = item_object.get('category')
    if type(category) is str:
        detail['category'] = category
    elif category is not None:
        run.settle(detail, 'category', category, as_string(category), 'string', 'Detail.category')

    # Detail.size: string
    size = item_object.get('variant')
    if size is None:
        size = item_object.get('size')
    if type(size) is str:
        detail['size'] = size
    elif size is not None:
        run.settle(detail, 'size', size, as_string(size), 'string', 'Detail.size')
    properties_2 = fn_merge((part, detail))
    if properties_2 is not None:
        payload['properties'] = properties_2

    return payload


def page_calls_fires(event, run):
    """Whether an event is one for Page Calls."""
    type_ = event.get('type')
    return type_ == 'page'


def page_calls(event, run):
    """Page Calls."""
    payload = {}

    # external_id: string
    external_id = event.get('userId')
    if type(external_id) is str:
        payload['external_id'] = external_id
    elif external_id is not None:
        run.settle(payload, 'external_id', external_id, as_string(external_id), 'string', 'external_id')

    # user_alias: UserAlias
    user_id = event.get('userId')
    if user_id is None:
        user_alias = {}
        alias_name = event.get('anonymousId', NOTHING)
        if alias_name is not NOTHING:
            user_alias['alias_name'] = alias_name
        user_alias['alias_label'] = 'anonymous'
    else:
        user_alias = None
    if user_alias is not None:
        run.settle(payload, 'user_alias', user_alias, as_user_alias(user_alias), 'UserAlias', 'user_alias')

    # app_id: string
    app_id = run.settings.get('appId')
    if type(app_id) is str:
        payload['app_id'] = app_id
    elif app_id is not None:
        run.settle(payload, 'app_id', app_id, as_string(app_id), 'string', 'app_id')

    # name: string(255) required
    name_ = event.get('name')
    if name_ is not None and name_ != '':
        name_2 = 'Viewed ' + (name_ if type(name_) is str else placeholder(name_))
    else:
        name_2 = 'Viewed a page'
    if type(name_2) is str and len(name_2) <= 255:
        payload['name'] = name_2
    elif name_2 is None:
        raise missing('name')
    else:
        run.settle(payload, 'name', name_2, run.shorten(as_string(name_2), 255, 'name'), 'string(255)', 'name', True)

    # time: datetime required
    time = event.get('timestamp')
    if time is None:
        time = run.now()
    if type(time) is str and DATETIME.match(time):
        payload['time'] = time
    elif time is None:
        raise missing('time')
    else:
        run.settle(payload, 'time', time, as_datetime(time), 'datetime', 'time', True)

    # properties: object
    properties = fn_omit(event.get('properties'), ('email',))
    if properties is not None:
        payload['properties'] = properties

    return payload


def route(event, run):
    """Each action whose trigger holds, with its payload or its rejection."""
    results = []
    type_ = event.get('type')
    if type_ == 'identify':
        try:
            results.append(('setAttributes', set_attributes(event, run)))
        except Rejected as rejected:
            results.append(('setAttributes', rejected))
    event_ = event.get('event')
    if type_ == 'track' and event_ != 'Order Completed':
        try:
            results.append(('logEvent', log_event(event, run)))
        except Rejected as rejected:
            results.append(('logEvent', rejected))
    if type_ == 'track' and event_ == 'Order Completed':
        properties = event.get('properties')
        if type(properties) is not dict:
            properties = EMPTY
        attempt_each(results, 'logPurchase', log_purchase, properties.get('products'), event, run)
    if type_ == 'page':
        try:
            results.append(('logEvent', page_calls(event, run)))
        except Rejected as rejected:
            results.append(('logEvent', rejected))
    return results
