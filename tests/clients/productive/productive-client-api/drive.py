"""Drives productive-client-api, which speaks to the vendor's own host: every call of `requests` is turned to the address given. It follows the links of pages by itself."""

import json
import sys
from urllib.parse import urlsplit, urlunsplit

from productive_client_api import ProductiveClientAPI
from requests.adapters import HTTPAdapter

GIVEN = json.load(sys.stdin)
SEND = HTTPAdapter.send


def turned(adapter, request, **options):
    there = urlsplit(GIVEN["address"])
    request.url = urlunsplit(urlsplit(request.url)._replace(scheme=there.scheme, netloc=there.netloc))
    return SEND(adapter, request, **options)


HTTPAdapter.send = turned


def client(**changes):
    known = {"api_token": GIVEN["token"], "company_id": GIVEN["organization"], **changes}
    return ProductiveClientAPI(**known)


def refusal(call):
    try:
        call()
    except Exception as error:  # noqa: BLE001 -- the only kind that it raises
        status, _, body = str(error).partition(": ")
        return [int(status), json.loads(body)["errors"][0]["title"]]
    return None


def main():
    api = client()
    employees = {"filter[hrm_type_id]": "1"}
    projects = api.include("company,project_manager").get_projects({"page[size]": "2"}).execute()
    (one,) = client().include("company").get_project("1").execute()
    told = {
        "people": [
            f"{person['attributes']['first_name']} {person['attributes']['last_name']}"
            for person in api.get_people({**employees, "page[size]": "3"}).execute()
        ],
        "projects": [
            [
                project["attributes"]["name"],
                project["relationships"]["company"]["attributes"]["name"],
                project["relationships"]["project_manager"]["attributes"]["email"],
            ]
            for project in projects
        ],
        "one": [one["id"], one["relationships"]["company"]["type"]],
        "wrong token": refusal(client(api_token="guessed").get_people().execute),
        "other organization": refusal(client(company_id="1").get_people().execute),
        "odd filter": refusal(client().get_people({"filter[shoe_size]": "42"}).execute),
        "gone": refusal(client().get_project("999").execute),
    }
    sys.stdout.write(json.dumps(told) + "\n")


main()
