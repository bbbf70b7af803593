def event_fires(event, run):
    """Whether an event is one for Event."""
    return True


def event_(event, run):
    """Event."""
    payload = {}

    # user_id: string nullable
    user_id = event.get('userId', NOTHING)
    if type(user_id) is str or user_id is None:
        payload['user_id'] = user_id
    elif user_id is not NOTHING:
        run.settle(payload, 'user_id', user_id, as_string(user_id), 'string', 'user_id')

    # device_id: string nullable
    context = event.get('context')
    if type(context) is not dict:
        context = EMPTY
    device = context.get('device')
    if type(device) is not dict:
        device = EMPTY
    device_id = device.get('id')
    if device_id is None:
        device_id = event.get('anonymousId', NOTHING)
    if type(device_id) is str or device_id is None:
        payload['device_id'] = device_id
    elif device_id is not NOTHING:
        run.settle(payload, 'device_id', device_id, as_string(device_id), 'string', 'device_id')

    # event_type: string nullable
    event_type = event.get('event')
    if event_type is None:
        event_type = event.get('name', NOTHING)
    if type(event_type) is str or event_type is None:
        payload['event_type'] = event_type
    elif event_type is not NOTHING:
        run.settle(payload, 'event_type', event_type, as_string(event_type), 'string', 'event_type')

    # insert_id: string nullable
    insert_id = event.get('messageId', NOTHING)
    if type(insert_id) is str or insert_id is None:
        payload['insert_id'] = insert_id
    elif insert_id is not NOTHING:
        run.settle(payload, 'insert_id', insert_id, as_string(insert_id), 'string', 'insert_id')

    # time: datetime nullable
    time = event.get('timestamp')
    if time is None:
        time = event.get('originalTimestamp', NOTHING)
    if type(time) is str and DATETIME.match(time) or time is None:
        payload['time'] = time
    elif time is not NOTHING:
        run.settle(payload, 'time', time, as_datetime(time), 'datetime', 'time')

    # session_id: integer nullable
    session_id = context.get('sessionId', NOTHING)
    if type(session_id) is int or session_id is None:
        payload['session_id'] = session_id
    elif session_id is not NOTHING:
        run.settle(payload, 'session_id', session_id, as_integer(session_id), 'integer', 'session_id')

    # app_name: string nullable
    app = context.get('app')
    if type(app) is not dict:
        app = EMPTY
    app_name = app.get('name', NOTHING)
    if type(app_name) is str or app_name is None:
        payload['app_name'] = app_name
    elif app_name is not NOTHING:
        run.settle(payload, 'app_name', app_name, as_string(app_name), 'string', 'app_name')

    # app_version: string nullable
    app_version = app.get('version', NOTHING)
    if type(app_version) is str or app_version is None:
        payload['app_version'] = app_version
    elif app_version is not NOTHING:
        run.settle(payload, 'app_version', app_version, as_string(app_version), 'string', 'app_version')

    # app_build: string nullable
    app_build = app.get('build', NOTHING)
    if type(app_build) is str or app_build is None:
        payload['app_build'] = app_build
    elif app_build is not NOTHING:
        run.settle(payload, 'app_build', app_build, as_string(app_build), 'string', 'app_build')

    # app_namespace: string nullable
    app_namespace = app.get('namespace', NOTHING)
    if type(app_namespace) is str or app_namespace is None:
        payload['app_namespace'] = app_namespace
    elif app_namespace is not NOTHING:
        run.settle(payload, 'app_namespace', app_namespace, as_string(app_namespace), 'string', 'app_namespace')

    # app_label: string
    name_ = app.get('name')
    version = app.get('version')
    payload['app_label'] = (name_ if type(name_) is str else placeholder(name_)) + ' ' + (version if type(version) is str else placeholder(version))

    # platform: string nullable
    library = context.get('library')
    if type(library) is not dict:
        library = EMPTY
    platform = device.get('type')
    if platform is None:
        platform = library.get('name', NOTHING)
    if type(platform) is str or platform is None:
        payload['platform'] = platform
    elif platform is not NOTHING:
        run.settle(payload, 'platform', platform, as_string(platform), 'string', 'platform')

    # os_name: string nullable
    os = context.get('os')
    if type(os) is not dict:
        os = EMPTY
    os_name = os.get('name', NOTHING)
    if type(os_name) is str or os_name is None:
        payload['os_name'] = os_name
    elif os_name is not NOTHING:
        run.settle(payload, 'os_name', os_name, as_string(os_name), 'string', 'os_name')

    # os_version: string nullable
    os_version = os.get('version', NOTHING)
    if type(os_version) is str or os_version is None:
        payload['os_version'] = os_version
    elif os_version is not NOTHING:
        run.settle(payload, 'os_version', os_version, as_string(os_version), 'string', 'os_version')

    # device_brand: string nullable
    device_brand = device.get('brand')
    if device_brand is None:
        device_brand = device.get('manufacturer', NOTHING)
    if type(device_brand) is str or device_brand is None:
        payload['device_brand'] = device_brand
    elif device_brand is not NOTHING:
        run.settle(payload, 'device_brand', device_brand, as_string(device_brand), 'string', 'device_brand')

    # device_manufacturer: string nullable
    device_manufacturer = device.get('manufacturer', NOTHING)
    if type(device_manufacturer) is str or device_manufacturer is None:
        payload['device_manufacturer'] = device_manufacturer
    elif device_manufacturer is not NOTHING:
        run.settle(payload, 'device_manufacturer', device_manufacturer, as_string(device_manufacturer), 'string', 'device_manufacturer')

    # device_model: string nullable
    device_model = device.get('model', NOTHING)
    if type(device_model) is str or device_model is None:
        payload['device_model'] = device_model
    elif device_model is not NOTHING:
        run.settle(payload, 'device_model', device_model, as_string(device_model), 'string', 'device_model')

    # idfa: string nullable
    idfa = device.get('advertisingId', NOTHING)
    if type(idfa) is str or idfa is None:
        payload['idfa'] = idfa
    elif idfa is not NOTHING:
        run.settle(payload, 'idfa', idfa, as_string(idfa), 'string', 'idfa')

    # carrier: string nullable
    network = context.get('network')
    if type(network) is not dict:
        network = EMPTY
    carrier = network.get('carrier', NOTHING)
    if type(carrier) is str or carrier is None:
        payload['carrier'] = carrier
    elif carrier is not NOTHING:
        run.settle(payload, 'carrier', carrier, as_string(carrier), 'string', 'carrier')

    # wifi: boolean nullable
    wifi = network.get('wifi', NOTHING)
    if type(wifi) is bool or wifi is None:
        payload['wifi'] = wifi
    elif wifi is not NOTHING:
        run.settle(payload, 'wifi', wifi, as_boolean(wifi), 'boolean', 'wifi')

    # bluetooth: boolean nullable
    bluetooth = network.get('bluetooth', NOTHING)
    if type(bluetooth) is bool or bluetooth is None:
        payload['bluetooth'] = bluetooth
    elif bluetooth is not NOTHING:
        run.settle(payload, 'bluetooth', bluetooth, as_boolean(bluetooth), 'boolean', 'bluetooth')

    # country: string nullable
    location = context.get('location')
    if type(location) is not dict:
        location = EMPTY
    traits = context.get('traits')
    if type(traits) is not dict:
        traits = EMPTY
    address = traits.get('address')
    if type(address) is not dict:
        address = EMPTY
    country = location.get('country')
    if country is None:
        country = address.get('country', NOTHING)
    if type(country) is str or country is None:
        payload['country'] = country
    elif country is not NOTHING:
        run.settle(payload, 'country', country, as_string(country), 'string', 'country')

    # region: string nullable
    region = location.get('region', NOTHING)
    if type(region) is str or region is None:
        payload['region'] = region
    elif region is not NOTHING:
        run.settle(payload, 'region', region, as_string(region), 'string', 'region')

    # city: string nullable
    city = location.get('city', NOTHING)
    if type(city) is str or city is None:
        payload['city'] = city
    elif city is not NOTHING:
        run.settle(payload, 'city', city, as_string(city), 'string', 'city')

    # location_lat: number nullable
    location_lat = location.get('latitude', NOTHING)
    if type(location_lat) is int or type(location_lat) is float or location_lat is None:
        payload['location_lat'] = location_lat
    elif location_lat is not NOTHING:
        run.settle(payload, 'location_lat', location_lat, as_number(location_lat), 'number', 'location_lat')

    # location_lng: number nullable
    location_lng = location.get('longitude', NOTHING)
    if type(location_lng) is int or type(location_lng) is float or location_lng is None:
        payload['location_lng'] = location_lng
    elif location_lng is not NOTHING:
        run.settle(payload, 'location_lng', location_lng, as_number(location_lng), 'number', 'location_lng')

    # language: string nullable
    language = context.get('locale', NOTHING)
    if type(language) is str or language is None:
        payload['language'] = language
    elif language is not NOTHING:
        run.settle(payload, 'language', language, as_string(language), 'string', 'language')

    # timezone: string nullable
    timezone = context.get('timezone', NOTHING)
    if type(timezone) is str or timezone is None:
        payload['timezone'] = timezone
    elif timezone is not NOTHING:
        run.settle(payload, 'timezone', timezone, as_string(timezone), 'string', 'timezone')

    # ip: string nullable
    ip = context.get('ip', NOTHING)
    if type(ip) is str or ip is None:
        payload['ip'] = ip
    elif ip is not NOTHING:
        run.settle(payload, 'ip', ip, as_string(ip), 'string', 'ip')

    # user_agent: string nullable
    user_agent = context.get('userAgent', NOTHING)
    if type(user_agent) is str or user_agent is None:
        payload['user_agent'] = user_agent
    elif user_agent is not NOTHING:
        run.settle(payload, 'user_agent', user_agent, as_string(user_agent), 'string', 'user_agent')

    # screen_width: integer nullable
    screen = context.get('screen')
    if type(screen) is not dict:
        screen = EMPTY
    screen_width = screen.get('width', NOTHING)
    if type(screen_width) is int or screen_width is None:
        payload['screen_width'] = screen_width
    elif screen_width is not NOTHING:
        run.settle(payload, 'screen_width', screen_width, as_integer(screen_width), 'integer', 'screen_width')

    # screen_height: integer nullable
    screen_height = screen.get('height', NOTHING)
    if type(screen_height) is int or screen_height is None:
        payload['screen_height'] = screen_height
    elif screen_height is not NOTHING:
        run.settle(payload, 'screen_height', screen_height, as_integer(screen_height), 'integer', 'screen_height')

    # screen_density: number nullable
    screen_density = screen.get('density', NOTHING)
    if type(screen_density) is int or type(screen_density) is float or screen_density is None:
        payload['screen_density'] = screen_density
    elif screen_density is not NOTHING:
        run.settle(payload, 'screen_density', screen_density, as_number(screen_density), 'number', 'screen_density')

    # library: string nullable
    library_2 = library.get('name', NOTHING)
    if type(library_2) is str or library_2 is None:
        payload['library'] = library_2
    elif library_2 is not NOTHING:
        run.settle(payload, 'library', library_2, as_string(library_2), 'string', 'library')

    # library_version: string nullable
    library_version = library.get('version', NOTHING)
    if type(library_version) is str or library_version is None:
        payload['library_version'] = library_version
    elif library_version is not NOTHING:
        run.settle(payload, 'library_version', library_version, as_string(library_version), 'string', 'library_version')

    # price: number nullable
    properties = event.get('properties')
    if type(properties) is not dict:
        properties = EMPTY
    price = properties.get('price', NOTHING)
    if type(price) is int or type(price) is float or price is None:
        payload['price'] = price
    elif price is not NOTHING:
        run.settle(payload, 'price', price, as_number(price), 'number', 'price')

    # quantity: integer nullable
    quantity = properties.get('quantity', NOTHING)
    if type(quantity) is int or quantity is None:
        payload['quantity'] = quantity
    elif quantity is not NOTHING:
        run.settle(payload, 'quantity', quantity, as_integer(quantity), 'integer', 'quantity')

    # revenue: number nullable
    revenue = properties.get('revenue')
    if revenue is None:
        revenue = properties.get('total', NOTHING)
    if type(revenue) is int or type(revenue) is float or revenue is None:
        payload['revenue'] = revenue
    elif revenue is not NOTHING:
        run.settle(payload, 'revenue', revenue, as_number(revenue), 'number', 'revenue')

    # product_id: string nullable
    product_id = properties.get('product_id')
    if product_id is None:
        product_id = properties.get('productId', NOTHING)
    if type(product_id) is str or product_id is None:
        payload['product_id'] = product_id
    elif product_id is not NOTHING:
        run.settle(payload, 'product_id', product_id, as_string(product_id), 'string', 'product_id')

    # currency: string nullable
    currency = properties.get('currency', NOTHING)
    if type(currency) is str or currency is None:
        payload['currency'] = currency
    elif currency is not NOTHING:
        run.settle(payload, 'currency', currency, as_string(currency), 'string', 'currency')

    # email: string nullable
    email = traits.get('email', NOTHING)
    if type(email) is str or email is None:
        payload['email'] = email
    elif email is not NOTHING:
        run.settle(payload, 'email', email, as_string(email), 'string', 'email')

    # event_properties: object nullable
    event_properties = event.get('properties', NOTHING)
    if type(event_properties) is dict or event_properties is None:
        payload['event_properties'] = event_properties
    elif event_properties is not NOTHING:
        run.settle(payload, 'event_properties', event_properties, as_object(event_properties), 'object', 'event_properties')

    # user_properties: object nullable
    user_properties = context.get('traits', NOTHING)
    if type(user_properties) is dict or user_properties is None:
        payload['user_properties'] = user_properties
    elif user_properties is not NOTHING:
        run.settle(payload, 'user_properties', user_properties, as_object(user_properties), 'object', 'user_properties')

    # products: object[]
    products_items = items_of(properties.get('products'))
    products = None
    if products_items is not None:
        products = []
        for item in products_items:
            product = {}

            # Product.price: number nullable
            item_object = item
            if type(item_object) is not dict:
                item_object = EMPTY
            price_2 = item_object.get('price', NOTHING)
            if type(price_2) is int or type(price_2) is float or price_2 is None:
                product['price'] = price_2
            elif price_2 is not NOTHING:
                run.settle(product, 'price', price_2, as_number(price_2), 'number', 'Product.price')

            # Product.quantity: integer nullable
            quantity_2 = item_object.get('quantity', NOTHING)
            if type(quantity_2) is int or quantity_2 is None:
                product['quantity'] = quantity_2
            elif quantity_2 is not NOTHING:
                run.settle(product, 'quantity', quantity_2, as_integer(quantity_2), 'integer', 'Product.quantity')

            # Product.productId: string nullable
            product_id_2 = item_object.get('product_id', NOTHING)
            if type(product_id_2) is str or product_id_2 is None:
                product['productId'] = product_id_2
            elif product_id_2 is not NOTHING:
                run.settle(product, 'productId', product_id_2, as_string(product_id_2), 'string', 'Product.productId')
            products.append(product)
    if products is not None:
        payload['products'] = products

    # page: object
    page = context.get('page')
    if type(page) is not dict:
        page = EMPTY
    page_2 = {}

    # Page.url: string nullable
    url = page.get('url', NOTHING)
    if type(url) is str or url is None:
        page_2['url'] = url
    elif url is not NOTHING:
        run.settle(page_2, 'url', url, as_string(url), 'string', 'Page.url')

    # Page.path: string nullable
    path = page.get('path', NOTHING)
    if type(path) is str or path is None:
        page_2['path'] = path
    elif path is not NOTHING:
        run.settle(page_2, 'path', path, as_string(path), 'string', 'Page.path')

    # Page.referrer: string nullable
    referrer = page.get('referrer', NOTHING)
    if type(referrer) is str or referrer is None:
        page_2['referrer'] = referrer
    elif referrer is not NOTHING:
        run.settle(page_2, 'referrer', referrer, as_string(referrer), 'string', 'Page.referrer')

    # Page.title: string nullable
    title = page.get('title', NOTHING)
    if type(title) is str or title is None:
        page_2['title'] = title
    elif title is not NOTHING:
        run.settle(page_2, 'title', title, as_string(title), 'string', 'Page.title')

    # Page.search: string nullable
    search = page.get('search', NOTHING)
    if type(search) is str or search is None:
        page_2['search'] = search
    elif search is not NOTHING:
        run.settle(page_2, 'search', search, as_string(search), 'string', 'Page.search')
    payload['page'] = page_2

    # campaign: object
    campaign = context.get('campaign')
    if type(campaign) is not dict:
        campaign = EMPTY
    campaign_2 = {}

    # Campaign.name: string nullable
    name_2 = campaign.get('name', NOTHING)
    if type(name_2) is str or name_2 is None:
        campaign_2['name'] = name_2
    elif name_2 is not NOTHING:
        run.settle(campaign_2, 'name', name_2, as_string(name_2), 'string', 'Campaign.name')

    # Campaign.source: string nullable
    source = campaign.get('source', NOTHING)
    if type(source) is str or source is None:
        campaign_2['source'] = source
    elif source is not NOTHING:
        run.settle(campaign_2, 'source', source, as_string(source), 'string', 'Campaign.source')

    # Campaign.medium: string nullable
    medium = campaign.get('medium', NOTHING)
    if type(medium) is str or medium is None:
        campaign_2['medium'] = medium
    elif medium is not NOTHING:
        run.settle(campaign_2, 'medium', medium, as_string(medium), 'string', 'Campaign.medium')

    # Campaign.term: string nullable
    term = campaign.get('term', NOTHING)
    if type(term) is str or term is None:
        campaign_2['term'] = term
    elif term is not NOTHING:
        run.settle(campaign_2, 'term', term, as_string(term), 'string', 'Campaign.term')

    # Campaign.content: string nullable
    content = campaign.get('content', NOTHING)
    if type(content) is str or content is None:
        campaign_2['content'] = content
    elif content is not NOTHING:
        run.settle(campaign_2, 'content', content, as_string(content), 'string', 'Campaign.content')
    payload['campaign'] = campaign_2

    return payload


def route(event, run):
    """Each action whose trigger holds, with its payload or its rejection."""
    results = []
    try:
        results.append(('event', event_(event, run)))
    except Rejected as rejected:
        results.append(('event', rejected))
    return results
