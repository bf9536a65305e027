"""Drives sf-toolkit, which speaks https to `*.salesforce.com` only: a transport turns every call to the address given. Told no version, it asks which there are."""

import json
import sys

import httpx
from sf_toolkit import SalesforceClient
from sf_toolkit.auth import client_credentials_flow_login
from sf_toolkit.data import IdField, SObject, TextField, select
from sf_toolkit.data.query_builder import Order
from sf_toolkit.exceptions import SalesforceAuthenticationFailed
from sf_toolkit.io import sobject_describe

GIVEN = json.load(sys.stdin)


class Account(SObject):
    Id = IdField()
    Customer_Number__c = TextField()


class Turned(httpx.HTTPTransport):
    def handle_request(self, request):
        there = httpx.URL(GIVEN["address"])
        request.url = request.url.copy_with(scheme=there.scheme, host=there.host, port=there.port)
        return super().handle_request(request)


def client(name, secret):
    """Return a client under a name of its own, as the library wants it; objects go by the one called default."""
    login = client_credentials_flow_login(GIVEN["client_id"], secret, "acme.my")
    return SalesforceClient(name, login, transport=Turned())


def refusal(call):
    try:
        call()
    except SalesforceAuthenticationFailed as error:
        return [error.code, error.message]
    return None


def main():
    sf = client("default", GIVEN["client_secret"])
    offered = sf.versions
    sf.api_version = offered[max(offered)]
    described = sobject_describe(Account)["fields"]
    told = {
        "versions": [[each.version, each.label, each.url] for each in offered.values()],
        "newest": sf.data_url,
        "all": [
            row.Customer_Number__c for row in select(Account).order_by(Order("Customer_Number__c", "ASC")).execute()
        ],
        "described": [field["name"] for field in described if field["externalId"]],
        "usage": list(sf.api_usage.api_usage),
        "wrong secret": refusal(lambda: client("guess", "guessed").versions),
    }
    sys.stdout.write(json.dumps(told) + "\n")


main()
