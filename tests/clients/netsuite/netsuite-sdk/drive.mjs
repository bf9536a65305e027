// Drives @brokenrubik/netsuite-sdk, which is installed in the working directory. It logs in by OAuth 2.0 with a
// certificate and derives its host from the account id: the replaced `fetch` calls the given address, and the derived
// host stays in the audience that the client signs.

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

const buildClient = (changes = {}) =>
  new NetSuiteClient({
    accountId: given.account,
    clientId: given.client_id,
    certificateId: given.certificate_id,
    privateKey: given.private_key,
    maxRetries: 0,
    ...changes,
  });

const catchRefusal = async (call) => {
  try {
    await call();
  } catch (error) {
    return [error.name, error.status, error.errorCode ?? error.message];
  }
  return null;
};

const sdk = buildClient();
const page = await sdk.suiteql(ALL, { limit: 3, offset: 6 });
const created = await sdk.createRecord("customer", { companyName: "Harbor Labs", subsidiary: { id: "1" } });
const changed = await sdk.updateRecord("customer", created.id, { email: "ap@harbor.example" });
const got = await sdk.getRecord("customer", created.id, { fields: "companyName,email" });
const results = {
  page: [page.count, page.hasMore, page.offset, page.totalResults, page.items.map((row) => row.externalid)],
  all: (await sdk.suiteqlAll(ALL)).length,
  created: [created.success, created.location === `${given.origin}/services/rest/record/v1/customer/${created.id}`],
  changed: changed.success,
  got: [got.companyName, got.email],
  deleted: (await sdk.deleteRecord("customer", created.id)).success,
  gone: await catchRefusal(() => sdk.getRecord("customer", created.id)),
  wrong: await catchRefusal(() => sdk.suiteql("SELECT nothing FROM customer")),
  "other certificate": await catchRefusal(() => buildClient({ certificateId: "other" }).suiteql(ALL)),
  "other key": await catchRefusal(() => buildClient({ privateKey: given.other_key }).suiteql(ALL)),
  "other client": await catchRefusal(() => buildClient({ clientId: "other" }).suiteql(ALL)),
  "other account": await catchRefusal(() => buildClient({ accountId: "TSTDRV200" }).suiteql(ALL)),
  "other scope": await catchRefusal(() =>
    sdk.request("/services/rest/record/v1/customer/105", "GET", { scope: "restlets" }),
  ),
};
process.stdout.write(`${JSON.stringify(results)}\n`);
