"""A certificate for another host than the one that shows it."""

import ssl


def wrong_name_context() -> ssl.SSLContext:
    """TLS as `not-heap.invalid`, so that a careful client goes away.

    Errors: ModuleNotFoundError where trustme, which the extra `[dev]` brings, is not installed
    """
    import trustme

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate = trustme.CA().issue_cert("not-heap.invalid")
    certificate.configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
    return context
