// Drives @brokenrubik/netsuite-sdk, which is found in the folder that the process was started in. It logs in by OAuth 2.0 with a certificate, and makes its host's
// name out of the account: `fetch` turns every call to the address given, and the name stays in the audience that it signs.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const { NetSuiteClient } = createRequire(`${process.cwd()}/`)("@brokenrubik/netsuite-sdk");
const given = JSON.parse(readFileSync(0, "utf8"));
const ALL = "SELECT id, externalid FROM customer ORDER BY id";

const { fetch } = globalThis;
globalThis.fetch = (url, options) => {
  const { pathname, search } = new URL(url);
  return fetch(given.address + pathname + search, options);
};

const client = (changes = {}) =>
  new NetSuiteClient({
    accountId: given.account,
    clientId: given.client_id,
    certificateId: given.certificate_id,
    privateKey: given.private_key,
    maxRetries: 0,
    ...changes,
  });

const refusal = async (call) => {
  try {
    await call();
  } catch (error) {
    return [error.name, error.status, error.errorCode ?? error.message];
  }
  return null;
};

const sdk = client();
const page = await sdk.suiteql(ALL, { limit: 3, offset: 6 });
const created = await sdk.createRecord("customer", { companyName: "Harbor Labs", subsidiary: { id: "1" } });
const changed = await sdk.updateRecord("customer", created.id, { email: "ap@harbor.example" });
const got = await sdk.getRecord("customer", created.id, { fields: "companyName,email" });
const told = {
  page: [page.count, page.hasMore, page.offset, page.totalResults, page.items.map((row) => row.externalid)],
  all: (await sdk.suiteqlAll(ALL)).length,
  created: [created.success, created.location === `${given.origin}/services/rest/record/v1/customer/${created.id}`],
  changed: changed.success,
  got: [got.companyName, got.email],
  deleted: (await sdk.deleteRecord("customer", created.id)).success,
  gone: await refusal(() => sdk.getRecord("customer", created.id)),
  wrong: await refusal(() => sdk.suiteql("SELECT nothing FROM customer")),
  "strange certificate": await refusal(() => client({ certificateId: "stranger" }).suiteql(ALL)),
  "strange key": await refusal(() => client({ privateKey: given.strange_key }).suiteql(ALL)),
  "strange client": await refusal(() => client({ clientId: "stranger" }).suiteql(ALL)),
  "other account": await refusal(() => client({ accountId: "TSTDRV200" }).suiteql(ALL)),
  "other scope": await refusal(() => sdk.request("/services/rest/record/v1/customer/105", "GET", { scope: "restlets" })),
};
process.stdout.write(`${JSON.stringify(told)}\n`);
