"""Runs sf-toolkit, which calls only `https://*.salesforce.com`; a transport redirects every call to the twin.

Without a configured version it lists the API versions.
"""

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


class RedirectingTransport(httpx.HTTPTransport):
    def handle_request(self, request):
        twin_url = httpx.URL(GIVEN["address"])
        request.url = request.url.copy_with(scheme=twin_url.scheme, host=twin_url.host, port=twin_url.port)
        return super().handle_request(request)


def build_client(name, secret):
    """Return a client with a unique name, as the library requires; objects use the one named `default`."""
    login = client_credentials_flow_login(GIVEN["client_id"], secret, "acme.my")
    return SalesforceClient(name, login, transport=RedirectingTransport())


def catch_error(call):
    try:
        call()
    except SalesforceAuthenticationFailed as error:
        return [error.code, error.message]
    return None


def main():
    sf = build_client("default", GIVEN["client_secret"])
    versions = sf.versions
    sf.api_version = versions[max(versions)]
    fields = sobject_describe(Account)["fields"]
    findings = {
        "versions": [[each.version, each.label, each.url] for each in versions.values()],
        "newest": sf.data_url,
        "all": [
            row.Customer_Number__c for row in select(Account).order_by(Order("Customer_Number__c", "ASC")).execute()
        ],
        "described": [field["name"] for field in fields if field["externalId"]],
        "usage": list(sf.api_usage.api_usage),
        "wrong secret": catch_error(lambda: build_client("guess", "guessed").versions),
    }
    sys.stdout.write(json.dumps(findings) + "\n")


main()
