"""Drives simple-salesforce, which speaks https to `*.salesforce.com` only: an adapter of its session turns every call to the address given."""

import json
import sys
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed, SalesforceError

GIVEN = json.load(sys.stdin)
HOUR_BEFORE, HOUR_AFTER = datetime(2026, 11, 20, 11, tzinfo=UTC), datetime(2026, 11, 20, 13, tzinfo=UTC)
FIRST = "SELECT Id, Name, Parent.Name FROM Account WHERE Customer_Number__c = 'C-2002'"
ALL = "SELECT Customer_Number__c FROM Account ORDER BY Customer_Number__c"


class Turned(HTTPAdapter):
    def send(self, request, **options):
        there = urlsplit(GIVEN["address"])
        request.url = urlunsplit(urlsplit(request.url)._replace(scheme=there.scheme, netloc=there.netloc))
        return super().send(request, **options)


def session():
    turned = requests.Session()
    turned.trust_env = False
    turned.mount("https://", Turned())
    return turned


def refusal(call):
    try:
        call()
    except SalesforceAuthenticationFailed as error:
        return [type(error).__name__, str(error)]
    except SalesforceError as error:
        return [type(error).__name__, error.status, error.content]
    return None


def queries(sf):
    first = sf.query_more(sf.query(ALL)["nextRecordsUrl"], identifier_is_url=True)
    return {
        "one": sf.query(FIRST),
        "second batch": [row["Customer_Number__c"] for row in first["records"]],
        "all": [row["Customer_Number__c"] for row in sf.query_all(ALL)["records"]],
        "one by one": sum(1 for _ in sf.query_all_iter(ALL)),
        "malformed": refusal(lambda: sf.query("SELECT Id FROM")),
    }


def rows(sf):
    created = sf.Account.create({"Name": "Harbor Labs", "Customer_Number__c": "C-2099"})
    identifier = created["id"]
    told = {
        "created": {key: created[key] for key in ("success", "errors")},
        "got": sf.Account.get(identifier)["Name"],
        "by key": sf.Account.get_by_custom_id("Customer_Number__c", "C-2099")["Id"] == identifier,
        "updated": sf.Account.update(identifier, {"Industry": "Research"}),
        "upserted": sf.Account.upsert("Customer_Number__c/C-2099", {"Industry": "Shipping"}),
        "upserted anew": sf.Account.upsert("Customer_Number__c/C-2100", {"Name": "Ibis Energy"}),
        "taken": refusal(lambda: sf.Account.create({"Name": "Jade", "Customer_Number__c": "C-2099"})),
        "duplicate": refusal(lambda: sf.Account.create({"Name": "Emmen Water"})),
        "nameless": refusal(lambda: sf.Account.create({"Industry": "Research"})),
        "industry": sf.Account.get(identifier)["Industry"],
        "deleted": sf.Account.delete(identifier),
        "gone": refusal(lambda: sf.Account.get(identifier)),
    }
    contact = {"LastName": "Moreau", "Contact_Key__c": "K-1"}
    twice = [sf.Contact.create(contact)["id"], sf.Contact.create(contact)["id"]]
    choice = refusal(lambda: sf.Contact.upsert("Contact_Key__c/K-1", {"Title": "CFO"}))
    told["several"] = [*choice[:2], [url.rpartition("/")[2] for url in choice[2]] == twice]
    removed = sf.Account.deleted(HOUR_BEFORE, HOUR_AFTER)
    told["deleted in the span"] = [row["id"] for row in removed["deletedRecords"]] == [identifier]
    told["earliest"], told["covered"] = removed["earliestDateAvailable"], removed["latestDateCovered"]
    told["updated in the span"] = len(sf.Contact.updated(HOUR_BEFORE, HOUR_AFTER)["ids"])
    return told


def main():
    login = {"consumer_key": GIVEN["client_id"], "consumer_secret": GIVEN["client_secret"], "domain": "acme.my"}
    sf = Salesforce(**login, session=session())
    told = {"queries": queries(sf), "rows": rows(sf), "limits": sf.limits(), "usage": list(sf.api_usage["api-usage"])}
    told["fields"] = [field["name"] for field in sf.Contract.describe()["fields"] if field["custom"]]
    told["old version"] = Salesforce(**login, session=session(), version="52.0").query(FIRST)["totalSize"]
    signed = {"username": GIVEN["username"], "consumer_key": GIVEN["client_id"], "privatekey": GIVEN["private_key"]}
    told["by assertion"] = Salesforce(**signed, session=session()).query(FIRST)["totalSize"]
    stranger = {**signed, "username": "stranger@meridian.example"}
    told["stranger"] = refusal(lambda: Salesforce(**stranger, session=session()))
    wrong = {**login, "consumer_secret": "guessed"}
    told["wrong secret"] = refusal(lambda: Salesforce(**wrong, session=session()))
    stale = Salesforce(instance_url="https://acme.my.salesforce.com", session_id="stale", session=session())
    told["stale session"] = refusal(lambda: stale.query(FIRST))
    sys.stdout.write(json.dumps(told) + "\n")


main()
