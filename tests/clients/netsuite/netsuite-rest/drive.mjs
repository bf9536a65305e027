// Drives netsuite-rest, which is installed in the working directory. It signs method and address but not the body.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const NetsuiteRest = createRequire(`${process.cwd()}/`)("netsuite-rest");
const given = JSON.parse(readFileSync(0, "utf8"));

const buildClient = (changes = {}) =>
  new NetsuiteRest({
    consumer_key: given.consumer_key,
    consumer_secret_key: given.consumer_secret,
    token: given.token_id,
    token_secret: given.token_secret,
    realm: given.account,
    base_url: given.address,
    ...changes,
  });

const catchRefusal = async (call) => {
  try {
    await call();
  } catch (error) {
    const detail = JSON.parse(error.response?.body ?? "{}")["o:errorDetails"]?.[0];
    return [error.name, error.response?.statusCode, detail?.["o:errorCode"]];
  }
  return null;
};

// The client copies the own properties of a response; in current Node versions only the raw headers are among them.
const readLocation = ({ rawHeaders }) =>
  rawHeaders[rawHeaders.findIndex((name) => name.toLowerCase() === "location") + 1];

const rest = buildClient();
const json = (value) => JSON.stringify(value);
const statement = json({ q: "SELECT id, externalid FROM employee ORDER BY id" });
const buildQuery = (path) => ({ path, method: "POST", body: statement });

const page = (await rest.request(buildQuery("query/v1/suiteql?limit=5&offset=5"))).data;
const body = json({ companyName: "Harbor Labs", subsidiary: { id: "1" } });
const created = await rest.request({ path: "record/v1/customer", method: "POST", body });
const path = readLocation(created).split("/services/rest/")[1];
const patched = await rest.request({ path, method: "PATCH", body: json({ email: "ap@harbor.example" }) });
const upsert = { path: "record/v1/customer/eid:H-1", method: "PUT", body };
const upserted = [await rest.request(upsert), await rest.request(upsert)];
const got = (await rest.request({ path })).data;
const deleted = await rest.request({ path, method: "DELETE" });
const results = {
  page: [page.count, page.hasMore, page.offset, page.totalResults, page.items.map((row) => row.externalid)],
  created: [created.statusCode, created.data, /\/record\/v1\/customer\/\d+$/.test(readLocation(created))],
  patched: patched.statusCode,
  upserted: upserted.map((each) => each.statusCode),
  "one record": readLocation(upserted[0]) === readLocation(upserted[1]),
  got: [got.companyName, got.email, got.subsidiary.id],
  deleted: deleted.statusCode,
  gone: await catchRefusal(() => rest.request({ path })),
  "wrong secret": await catchRefusal(() =>
    buildClient({ token_secret: "guessed" }).request(buildQuery("query/v1/suiteql")),
  ),
  "wrong realm": await catchRefusal(() => buildClient({ realm: "OTHER" }).request(buildQuery("query/v1/suiteql"))),
};
process.stdout.write(`${JSON.stringify(results)}\n`);
