"""Drives productive-client-api; calls of `requests` to the vendor's host are redirected to the given address."""

import json
import sys
from urllib.parse import urlsplit, urlunsplit

from productive_client_api import ProductiveClientAPI
from requests.adapters import HTTPAdapter

GIVEN = json.load(sys.stdin)
SEND = HTTPAdapter.send


def redirect(adapter, request, **options):
    target = urlsplit(GIVEN["address"])
    request.url = urlunsplit(urlsplit(request.url)._replace(scheme=target.scheme, netloc=target.netloc))
    return SEND(adapter, request, **options)


HTTPAdapter.send = redirect


def build_client(**changes):
    settings = {"api_token": GIVEN["token"], "company_id": GIVEN["organization"], **changes}
    return ProductiveClientAPI(**settings)


def get_error(call):
    try:
        call()
    except Exception as error:  # noqa: BLE001 -- the only kind that it raises
        status, _, body = str(error).partition(": ")
        return [int(status), json.loads(body)["errors"][0]["title"]]
    return None


def main():
    api = build_client()
    employees = {"filter[hrm_type_id]": "1"}
    projects = api.include("company,project_manager").get_projects({"page[size]": "2"}).execute()
    (one,) = build_client().include("company").get_project("1").execute()
    results = {
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
        "wrong token": get_error(build_client(api_token="guessed").get_people().execute),
        "other organization": get_error(build_client(company_id="1").get_people().execute),
        "odd filter": get_error(build_client().get_people({"filter[shoe_size]": "42"}).execute),
        "gone": get_error(build_client().get_project("999").execute),
    }
    sys.stdout.write(json.dumps(results) + "\n")


main()
