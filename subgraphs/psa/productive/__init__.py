"""Productive.io over its JSON:API v2, as professional-services system; it is read, and never written.

Sources of facts: the reference that the vendor generates from its OpenAPI document, and its guides on pagination, filtering, limits and custom fields
(developer.productive.io). Not found there, and therefore to be asked of a tenant:

- whether lists without a condition on `status` hold archived and deactivated records, as is assumed;
- whether every list that is read whole takes `page[after]` (the guide says "most");
- how many decimals "cents" have in currencies that have not two: such a currency is refused until the mapping file says it;
- the number of a task's type that means milestone: the mapping file names it;
- whether bookings take operators in filters: people's bookings are read whole, and judged here;
- whether `last_activity_at` moves with every edit: changes are therefore found by comparing whole lists.
"""
