"""Productive.io over its JSON:API v2: a professional-services system, read only.

Sources: the reference that the vendor generates from its OpenAPI document, and its guides on pagination, filtering,
limits and custom fields (developer.productive.io). Open questions, to be answered with a tenant:

- whether lists without a filter on `status` contain archived and deactivated records, as assumed;
- whether every list that is read whole accepts `page[after]` (the guide says "most");
- the decimals of "cents" in currencies without two: such a currency is an error until the mapping file sets them;
- the number of the task type milestone: the mapping file sets it;
- whether bookings accept operators in filters: people's bookings are read whole and filtered in memory;
- whether `last_activity_at` changes with every edit: changes are therefore found by comparing whole lists.
"""
