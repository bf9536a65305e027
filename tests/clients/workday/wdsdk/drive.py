"""Runs wdsdk: reports after a refresh-token grant.

It reads the expiry from the access token and requests no other one before that.
"""

import json
import sys

from wdsdk import InternalException, IsuCredentials, RaasClient
from wdsdk.logger import LogLevel

GIVEN = json.load(sys.stdin)


def build_client(**changes):
    names = ("client_id", "client_secret", "refresh_token")
    credentials = IsuCredentials(**{**{name: GIVEN[name] for name in names}, **changes})
    return RaasClient(credentials, GIVEN["login"], LogLevel.INFO)  # its log levels are inverted: this one is silent


def run_report(raas, name, **prompts):
    request = raas.request(f"{GIVEN['reports']}/{name}")
    request.params = {}  # otherwise shared by all requests of the process
    for prompt, value in prompts.items():
        request.param(prompt.replace("Workers", "Workers!WID"), value)
    return json.loads(request.json())["Report_Entry"]


def catch_error(call):
    try:
        call()
    except InternalException as error:
        return json.loads(str(error).partition(": ")[2])
    return None


def main():
    raas, workers = build_client(), GIVEN["workers"]
    absences = run_report(raas, "Days_Away", Workers=workers, From_Date="2026-01-01", To_Date="2026-12-31")
    skills = run_report(raas, "Worker_Skills", Workers=workers[:3])
    findings = {
        "skills": [[workers.index(row["workdayID"]), row["skillID"], row["proficiency"]] for row in skills],
        "absences": [[workers.index(row["workdayID"]), row["date"], row["hours"], row["type"]] for row in absences],
        "unknown worker": run_report(raas, "Worker_Skills", Workers=["0" * 32]),
        "no report": catch_error(lambda: run_report(raas, "Payroll", Workers=workers)),
        "no date": catch_error(
            lambda: run_report(raas, "Days_Away", Workers=workers, From_Date="soon", To_Date="later")
        ),
        "wrong token": catch_error(
            lambda: run_report(build_client(refresh_token="guessed"), "Worker_Skills", Workers=workers)
        ),
        "wrong secret": catch_error(
            lambda: run_report(build_client(client_secret="guessed"), "Worker_Skills", Workers=workers)
        ),
    }
    sys.stdout.write(json.dumps(findings) + "\n")


main()
