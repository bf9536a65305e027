"""Drives the client `netsuite`, which signs every request and its body.

It derives its host from the account id: a subclass replaces the address.
"""

import asyncio
import json
import sys

from netsuite.config import Config, TokenAuth
from netsuite.exceptions import NetsuiteAPIRequestError
from netsuite.rest_api import NetSuiteRestApi

GIVEN = json.load(sys.stdin)
ALL = "SELECT id, externalid FROM customer ORDER BY id"


class RedirectedApi(NetSuiteRestApi):
    def _make_url(self, subpath):
        return f"{GIVEN['address']}/services/rest{subpath}"


def build_api(**changes):
    names = ("consumer_key", "consumer_secret", "token_id", "token_secret")
    auth = TokenAuth(**{**{name: GIVEN[name] for name in names}, **changes})
    return RedirectedApi(Config(account=GIVEN["account"], auth=auth))


async def catch_refusal(call):
    try:
        await call
    except NetsuiteAPIRequestError as error:
        first = json.loads(error.response_text)["o:errorDetails"][0]
        return [error.status_code, first["o:errorCode"], first.get("o:errorPath"), first["detail"]]
    return None


async def run_queries(rest):
    first = await rest.suiteql(ALL, limit=3)
    last = await rest.suiteql(ALL, limit=3, offset=6)
    dates = "SELECT tranid, trandate, foreigntotal, memo FROM transaction WHERE tranid = 'INV-US-0001'"
    return {
        "first": [first["count"], first["hasMore"], first["totalResults"], first["offset"]],
        "last": [last["count"], last["hasMore"], last["offset"]],
        "rows": [[row["id"], row["externalid"]] for row in first["items"] + last["items"]],
        "links": first["items"][0]["links"],
        "text": (await rest.suiteql(dates))["items"],
        "invalid offset": await catch_refusal(rest.suiteql(ALL, limit=3, offset=2)),
        "missing header": await catch_refusal(rest.post("/query/v1/suiteql", json={"q": ALL})),
        "unknown field": await catch_refusal(rest.suiteql("SELECT nothing FROM customer")),
    }


async def write_records(rest):
    created = await rest.request(
        "POST", "/record/v1/customer", json={"companyName": "Harbor Labs", "subsidiary": {"id": "1"}}
    )
    path = created.headers["location"].partition("/services/rest")[2]
    change = {"email": "ap@harbor.example"}
    results = {
        "created": [created.status_code, created.content.decode(), path.rpartition("/")[0]],
        "patched": await rest.patch(path, json=change),
        "got": await rest.get(path),
        "upserted": await rest.put("/record/v1/customer/eid:H-1", json={"companyName": "Ibis", "subsidiary": "1"}),
        "upserted again": await rest.put("/record/v1/customer/eid:H-1", json={"companyName": "Ibis Energy"}),
        "by key": (await rest.get("/record/v1/customer/eid:H-1", params={"fields": "companyName,externalId"})),
        "duplicate": await catch_refusal(
            rest.post("/record/v1/customer", json={"companyName": "X", "subsidiary": "1", "externalId": "H-1"})
        ),
        "missing subsidiary": await catch_refusal(rest.post("/record/v1/customer", json={"companyName": "X"})),
        "unknown property": await catch_refusal(rest.patch(path, json={"colour": "blue"})),
        "deleted": await rest.delete(path),
        "gone": await catch_refusal(rest.get(path)),
    }
    results["got"] = {name: results["got"][name] for name in ("companyName", "email", "subsidiary")}
    results["by key"].pop("links")
    listed = await rest.get("/record/v1/customer", params={"limit": 2, "q": 'companyName START_WITH "Aurora"'})
    results["listed"] = [listed["count"], listed["totalResults"], [sorted(item) for item in listed["items"]]]
    invoice = await rest.get("/record/v1/invoice/1001", params={"expandSubResources": "true"})
    results["invoice"] = [invoice["tranId"], invoice["total"], len(invoice["item"]["items"])]
    return results


async def main():
    rest = build_api()
    schema = await rest.jsonschema("customer")
    described = await rest.openapi(["customer"])
    results = {
        "queries": await run_queries(rest),
        "records": await write_records(rest),
        "schema": {name: schema["properties"][name] for name in ("id", "companyName", "lastModifiedDate")},
        "openapi": [described["openapi"], sorted(described["paths"]), list(described["components"]["schemas"])],
        "wrong secret": await catch_refusal(build_api(token_secret="guessed").suiteql(ALL)),
        "wrong token": await catch_refusal(build_api(token_id="other").get("/record/v1/customer/105")),
    }
    sys.stdout.write(json.dumps(results) + "\n")


asyncio.run(main())
