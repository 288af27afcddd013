"""What may be read: functions that start from who is asking and return query sets or frozen rows."""
