"""Drives wdsdk: reports after a refresh-token grant. It reads its token's expiry out of the token, and asks for no second one while that lives."""

import json
import sys

from wdsdk import InternalException, IsuCredentials, RaasClient
from wdsdk.logger import LogLevel

GIVEN = json.load(sys.stdin)


def client(**changes):
    names = ("client_id", "client_secret", "refresh_token")
    credentials = IsuCredentials(**{**{name: GIVEN[name] for name in names}, **changes})
    return RaasClient(
        credentials, GIVEN["login"], LogLevel.INFO
    )  # its levels are the other way round: this one is silent


def report(raas, name, **prompts):
    request = raas.request(f"{GIVEN['reports']}/{name}")
    request.params = {}  # else shared by all requests of the process
    for prompt, value in prompts.items():
        request.param(prompt.replace("Workers", "Workers!WID"), value)
    return json.loads(request.json())["Report_Entry"]


def refusal(call):
    try:
        call()
    except InternalException as error:
        return json.loads(str(error).partition(": ")[2])
    return None


def main():
    raas, workers = client(), GIVEN["workers"]
    away = report(raas, "Days_Away", Workers=workers, From_Date="2026-01-01", To_Date="2026-12-31")
    skills = report(raas, "Worker_Skills", Workers=workers[:3])
    told = {
        "skills": [[workers.index(row["workdayID"]), row["skillID"], row["proficiency"]] for row in skills],
        "away": [[workers.index(row["workdayID"]), row["date"], row["hours"], row["type"]] for row in away],
        "nobody": report(raas, "Worker_Skills", Workers=["0" * 32]),
        "no report": refusal(lambda: report(raas, "Payroll", Workers=workers)),
        "no date": refusal(lambda: report(raas, "Days_Away", Workers=workers, From_Date="soon", To_Date="later")),
        "wrong token": refusal(lambda: report(client(refresh_token="guessed"), "Worker_Skills", Workers=workers)),
        "wrong secret": refusal(lambda: report(client(client_secret="guessed"), "Worker_Skills", Workers=workers)),
    }
    sys.stdout.write(json.dumps(told) + "\n")


main()
