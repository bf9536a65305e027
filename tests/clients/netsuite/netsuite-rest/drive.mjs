// Drives netsuite-rest, which is found in the folder that the process was started in. It signs method and address, and never the body.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const NetsuiteRest = createRequire(`${process.cwd()}/`)("netsuite-rest");
const given = JSON.parse(readFileSync(0, "utf8"));

const client = (changes = {}) =>
  new NetsuiteRest({
    consumer_key: given.consumer_key,
    consumer_secret_key: given.consumer_secret,
    token: given.token_id,
    token_secret: given.token_secret,
    realm: given.account,
    base_url: given.address,
    ...changes,
  });

const refusal = async (call) => {
  try {
    await call();
  } catch (error) {
    return [error.name, error.response?.statusCode, JSON.parse(error.response?.body ?? "{}")["o:errorDetails"]?.[0]["o:errorCode"]];
  }
  return null;
};

// It copies answers by their own properties, and a Node of today has headers on the prototype: they are left in raw form.
const location = (answer) => answer.rawHeaders[answer.rawHeaders.findIndex((name) => name.toLowerCase() === "location") + 1];

const rest = client();
const json = (value) => JSON.stringify(value);
const statement = json({ q: "SELECT id, externalid FROM employee ORDER BY id" });
const suiteql = (path) => ({ path, method: "POST", body: statement });

const page = (await rest.request(suiteql("query/v1/suiteql?limit=5&offset=5"))).data;
const body = json({ companyName: "Harbor Labs", subsidiary: { id: "1" } });
const created = await rest.request({ path: "record/v1/customer", method: "POST", body });
const path = location(created).split("/services/rest/")[1];
const patched = await rest.request({ path, method: "PATCH", body: json({ email: "ap@harbor.example" }) });
const upsert = { path: "record/v1/customer/eid:H-1", method: "PUT", body };
const upserted = [await rest.request(upsert), await rest.request(upsert)];
const got = (await rest.request({ path })).data;
const deleted = await rest.request({ path, method: "DELETE" });
const told = {
  page: [page.count, page.hasMore, page.offset, page.totalResults, page.items.map((row) => row.externalid)],
  created: [created.statusCode, created.data, /\/record\/v1\/customer\/\d+$/.test(location(created))],
  patched: patched.statusCode,
  upserted: upserted.map((each) => each.statusCode),
  "one record": location(upserted[0]) === location(upserted[1]),
  got: [got.companyName, got.email, got.subsidiary.id],
  deleted: deleted.statusCode,
  gone: await refusal(() => rest.request({ path })),
  "wrong secret": await refusal(() => client({ token_secret: "guessed" }).request(suiteql("query/v1/suiteql"))),
  "wrong realm": await refusal(() => client({ realm: "OTHER" }).request(suiteql("query/v1/suiteql"))),
};
process.stdout.write(`${JSON.stringify(told)}\n`);
