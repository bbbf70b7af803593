"""Wrong mappings: a small change to a right one each, with the story of the bug behind it, and what finds it."""
# ruff: noqa: E501  (a fault a row)

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """A change to a right mapping.

    Shape:  file: which; old, new: the change, made once; by: what finds it: "check CODE", "law NAME", "own law", or
            "example" where the wrong mapping is as legal as the right one
    """

    name: str
    story: str
    file: str
    old: str
    new: str
    by: str


FAULTS = (
    Fault("message_id_in_another_case", "a field of the source is written in the wrong case, and never found", "heap",
          "| $.messageId ", "| $.messageID ", "check E120"),
    Fault("identity_falls_back_to_zero", "people without an id were all merged into the user `0`", "shop",
          "$.userId ?? $.context.traits.id", '$.userId ?? "0"', "law identity"),
    Fault("identity_is_undefined", "a missing id was written as the text `undefined`, and a thousand people became one", "shop",
          "$.userId ?? $.context.traits.id", '$.userId ?? "undefined"', "law identity"),
    Fault("identity_is_a_template", "`ANON:{{id}}` of nothing is `ANON:` for everybody who has no id", "shop",
          "| $.anonymousId   ", '| "ANON:{{anonymousId}}" ', "law identity"),
    Fault("identity_is_a_setting", "the workspace's name was sent as the user's id where there was none", "shop",
          "$.userId ?? $.context.traits.id", "$.userId ?? settings.currency", "law identity"),
    Fault("fallback_arms_swapped", "the id from the traits won over the one that the caller gave", "shop",
          "$.userId ?? $.context.traits.id", "$.context.traits.id ?? $.userId", "example"),
    Fault("total_and_revenue_swapped", "orders were reported without shipping and tax", "shop",
          "first_present($.properties.total, $.properties.revenue)", "first_present($.properties.revenue, $.properties.total)", "example"),
    Fault("trigger_says_or", "every event of the shop was sent as an order", "shop",
          'type = "track" and (event = "Order Completed" or event = "Order Paid")',
          'type = "track" or (event = "Order Completed" or event = "Order Paid")', "example"),
    Fault("trigger_lost_its_parentheses", "`and` binds tighter than `or`: pages that carried an event's name became orders", "shop",
          'type = "track" and (event = "Order Completed" or event = "Order Paid")',
          'type = "page" and event = "Order Completed" or event = "Order Paid"', "example"),
    Fault("trigger_in_lower_case", "the trigger asked for `order completed`; the source says `Order Completed`", "shop",
          '(event = "Order Completed" or event = "Order Paid")', '(event = "order completed" or event = "order paid")', "example"),
    Fault("trigger_asks_for_two_types", "a preset asked for track and page at once, and never fired", "heap",
          'when type = "track" or type = "page" or type = "screen"', 'when type = "track" and type = "page"', "check W301"),
    Fault("trigger_without_screens", "screens of the app never arrived", "heap",
          ' or type = "screen"', "", "example"),
    Fault("track_without_its_event", "after a rename every payload lacked the event's name", "heap",
          "| $.event              |", "| $.evnet              |", "check E120"),
    Fault("context_misspelt", "`contxt.traits` is found in no event", "heap",
          "$.context.traits", "$.contxt.traits", "check E120"),
    Fault("time_of_arrival", "the event's own time was ignored: late retries were dated at their arrival", "heap",
          "$.timestamp ?? now()", "now()", "example"),
    Fault("arrival_before_the_event", "`now()` never comes to nothing, so what stands behind it is never reached", "heap",
          "$.timestamp ?? now()", "now() ?? $.timestamp", "check W305"),
    Fault("received_for_sent", "receivedAt was mapped in place of timestamp", "heap",
          "$.timestamp ?? now()", "$.receivedAt ?? now()", "example"),
    Fault("key_from_the_clock", "the idempotency key was made when the event was sent, so each retry counted again", "shop",
          "| event_id         | string required    | $.messageId", "| event_id         | string required    | $.messageId ?? now()", "law key"),
    Fault("key_is_a_constant", "events without a message id shared one key, and all but the first were dropped", "shop",
          "| event_id         | string required    | $.messageId", '| event_id         | string required    | $.messageId ?? "none"', "law key"),
    Fault("key_of_the_order", "each product of an order had the order's own key: the receiver kept the first", "shop",
          '"{{$$.messageId}}-{{product_id}}"', '"{{$$.messageId}}"', "law key"),
    Fault("coupon_not_nullable", "clearing a coupon with null no longer cleared it", "shop",
          "string nullable    | $.properties.coupon", "string             | $.properties.coupon", "example"),
    Fault("coupon_as_text_null", "null was sent as the text `null`", "shop",
          "| $.properties.coupon", '| $.properties.coupon ?? "null"', "example"),
    Fault("tax_required", "orders without tax stopped arriving", "shop",
          "| tax              | number             |", "| tax              | number required    |", "example"),
    Fault("country_unlimited", "the receiver takes two letters; `Netherlands` was sent, and the request refused", "shop",
          "| shipping.country | string(2)          |", "| shipping.country | string             |", "diff"),
    Fault("quantity_defaults_to_zero", "products without a quantity were reported as zero items sold", "shop",
          "| quantity | integer | $.quantity ?? 1      |", "| quantity | integer | $.quantity ?? 0      |", "example"),
    Fault("false_taken_for_absent", "`consent: false` fell through to `true`", "shop",
          "$.context.consent.marketing", "if $.context.consent.marketing = true then true else true", "example"),
    Fault("consent_dropped_when_false", "only `true` was passed on, so that consent could never be withdrawn", "shop",
          "$.context.consent.marketing", "if $.context.consent.marketing = true then true", "example"),
    Fault("email_not_trimmed", "spaces around an address made another person of it", "shop",
          "lower(trim($.traits.email))", "lower($.traits.email)", "example"),
    Fault("email_in_its_own_case", "hashes of `Ada@` and `ada@` did not match", "shop",
          "lower(trim($.traits.email))", "trim($.traits.email)", "example"),
    Fault("epoch_in_milliseconds", "the receiver counts seconds: everybody signed up in the year 56000", "shop",
          'epoch($.traits.createdAt, unit: "s")', 'epoch($.traits.createdAt, unit: "ms")', "example"),
    Fault("months_for_days", "the date's format had days and months swapped", "shop",
          '"YYYY-MM-DD"', '"YYYY-DD-MM"', "example"),
    Fault("price_of_the_list", "`products.price` was read of a list, and was always empty", "shop",
          "number($.properties.tax)", "number($.properties.products.price)", "check E121"),
    Fault("first_product_only", "only the first product of an order was sent", "shop",
          "each $.properties.products -> Item", "each [$.properties.products[0]] -> Item", "example"),
    Fault("plan_table_incomplete", "a new plan was missing in the lookup table", "shop",
          '| "pro"  | 1  |\n', "", "example"),
    Fault("a_number_for_a_text", "the field was declared a number, and every coupon was dropped", "shop",
          "| name             | string(40)         |", "| name             | integer            |", "example"),
    Fault("secret_among_the_attributes", "the e-mail went out a second time among the free attributes", "shop",
          'omit($.traits, "email", "phone")', "$.traits", "example"),
    Fault("item_reads_the_event", "inside `each`, `$$` reads the event: every item had the order's id", "shop",
          "$.product_id ?? $.sku", "$$.product_id ?? $$.sku", "example"),
    Fault("required_for_everybody", "pages have no event name; requiring it lost all page views", "heap",
          "| event        | string(1024)    |", "| event        | string(1024) required |", "example"),
    Fault("negative_totals", "the range was dropped, and refunds booked as negative sales", "shop",
          "number(0..1000000)", "number", "own law"),
    Fault("user_where_anonymous", "the anonymous id was filled from the user's id", "heap",
          "| anonymous_id | string          | $.anonymousId        | Who", "| anonymous_id | string          | $.userId             | Who", "example"),
)  # fmt: skip
