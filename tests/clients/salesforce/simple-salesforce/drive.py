"""Runs simple-salesforce, which calls only `https://*.salesforce.com`; an adapter redirects every call to the twin."""

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


class RedirectingAdapter(HTTPAdapter):
    def send(self, request, **options):
        twin_url = urlsplit(GIVEN["address"])
        request.url = urlunsplit(urlsplit(request.url)._replace(scheme=twin_url.scheme, netloc=twin_url.netloc))
        return super().send(request, **options)


def build_session():
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", RedirectingAdapter())
    return session


def catch_error(call):
    try:
        call()
    except SalesforceAuthenticationFailed as error:
        return [type(error).__name__, str(error)]
    except SalesforceError as error:
        return [type(error).__name__, error.status, error.content]
    return None


def check_queries(sf):
    second = sf.query_more(sf.query(ALL)["nextRecordsUrl"], identifier_is_url=True)
    return {
        "one": sf.query(FIRST),
        "second batch": [row["Customer_Number__c"] for row in second["records"]],
        "all": [row["Customer_Number__c"] for row in sf.query_all(ALL)["records"]],
        "one by one": sum(1 for _ in sf.query_all_iter(ALL)),
        "malformed": catch_error(lambda: sf.query("SELECT Id FROM")),
    }


def check_rows(sf):
    created = sf.Account.create({"Name": "Harbor Labs", "Customer_Number__c": "C-2099"})
    identifier = created["id"]
    findings = {
        "created": {key: created[key] for key in ("success", "errors")},
        "got": sf.Account.get(identifier)["Name"],
        "by key": sf.Account.get_by_custom_id("Customer_Number__c", "C-2099")["Id"] == identifier,
        "updated": sf.Account.update(identifier, {"Industry": "Research"}),
        "upserted": sf.Account.upsert("Customer_Number__c/C-2099", {"Industry": "Shipping"}),
        "upsert created": sf.Account.upsert("Customer_Number__c/C-2100", {"Name": "Ibis Energy"}),
        "existing id": catch_error(lambda: sf.Account.create({"Name": "Jade", "Customer_Number__c": "C-2099"})),
        "duplicate": catch_error(lambda: sf.Account.create({"Name": "Emmen Water"})),
        "without name": catch_error(lambda: sf.Account.create({"Industry": "Research"})),
        "industry": sf.Account.get(identifier)["Industry"],
        "deleted": sf.Account.delete(identifier),
        "get deleted": catch_error(lambda: sf.Account.get(identifier)),
    }
    contact = {"LastName": "Moreau", "Contact_Key__c": "K-1"}
    twice = [sf.Contact.create(contact)["id"], sf.Contact.create(contact)["id"]]
    choice = catch_error(lambda: sf.Contact.upsert("Contact_Key__c/K-1", {"Title": "CFO"}))
    findings["ambiguous id"] = [*choice[:2], [url.rpartition("/")[2] for url in choice[2]] == twice]
    removed = sf.Account.deleted(HOUR_BEFORE, HOUR_AFTER)
    findings["deleted in the span"] = [row["id"] for row in removed["deletedRecords"]] == [identifier]
    findings["earliest"], findings["covered"] = removed["earliestDateAvailable"], removed["latestDateCovered"]
    findings["updated in the span"] = len(sf.Contact.updated(HOUR_BEFORE, HOUR_AFTER)["ids"])
    return findings


def main():
    login = {"consumer_key": GIVEN["client_id"], "consumer_secret": GIVEN["client_secret"], "domain": "acme.my"}
    sf = Salesforce(**login, session=build_session())
    findings = {
        "queries": check_queries(sf),
        "rows": check_rows(sf),
        "limits": sf.limits(),
        "usage": list(sf.api_usage["api-usage"]),
    }
    findings["fields"] = [field["name"] for field in sf.Contract.describe()["fields"] if field["custom"]]
    findings["old version"] = Salesforce(**login, session=build_session(), version="52.0").query(FIRST)["totalSize"]
    signed = {"username": GIVEN["username"], "consumer_key": GIVEN["client_id"], "privatekey": GIVEN["private_key"]}
    findings["by assertion"] = Salesforce(**signed, session=build_session()).query(FIRST)["totalSize"]
    unapproved = {**signed, "username": "stranger@meridian.example"}
    findings["unapproved user"] = catch_error(lambda: Salesforce(**unapproved, session=build_session()))
    wrong = {**login, "consumer_secret": "guessed"}
    findings["wrong secret"] = catch_error(lambda: Salesforce(**wrong, session=build_session()))
    stale = Salesforce(instance_url="https://acme.my.salesforce.com", session_id="stale", session=build_session())
    findings["stale session"] = catch_error(lambda: stale.query(FIRST))
    sys.stdout.write(json.dumps(findings) + "\n")


main()
