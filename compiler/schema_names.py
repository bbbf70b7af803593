"""The fields that every event may have at its top, whatever its type."""

COMMON_FIELDS = frozenset(
    {
        "anonymousId", "channel", "category", "context", "event", "groupId", "integrations", "messageId", "name",
        "originalTimestamp", "previousId", "projectId", "properties", "receivedAt", "sentAt", "timestamp", "traits",
        "type", "userId", "version", "writeKey",
    }
)  # fmt: skip
