"""stub"""


def render_liquid(template, scope):
    return "LIQUID"
