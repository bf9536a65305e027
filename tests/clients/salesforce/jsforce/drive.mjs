// Runs jsforce, which is installed in the working directory.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const jsforce = createRequire(`${process.cwd()}/`)("jsforce");
const input = JSON.parse(readFileSync(0, "utf8"));
const ALL = "SELECT Customer_Number__c FROM Account ORDER BY Customer_Number__c";

const catchError = async (call) => {
  try {
    await call();
  } catch (error) {
    return [error.name, error.errorCode, error.message];
  }
  return null;
};

const connect = (secret = input.client_secret) =>
  new jsforce.Connection({
    version: "68.0",
    oauth2: { loginUrl: input.address, clientId: input.client_id, clientSecret: secret },
  });

const checkQueries = async (sf) => {
  const first = await sf.query(ALL);
  const second = await sf.queryMore(first.nextRecordsUrl);
  const all = await sf.query(ALL, { autoFetch: true, maxFetch: 100 });
  const nested = await sf.query(
    "SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account WHERE Customer_Number__c IN ('C-2001', 'C-2004') ORDER BY Name",
  );
  return {
    first: [first.totalSize, first.done, first.records.length],
    second: second.records.map((row) => row.Customer_Number__c),
    all: all.records.length,
    nested: nested.records.map((row) => [row.Name, row.Contacts && row.Contacts.records.map((each) => each.LastName)]),
    malformed: await catchError(() => sf.query("SELECT Id FROM")),
  };
};

const checkRows = async (sf) => {
  const accounts = sf.sobject("Account");
  const created = await accounts.create({ Name: "Harbor Labs", Customer_Number__c: "C-2099" });
  const updated = await accounts.update({ Id: created.id, Industry: "Research" });
  const upserted = await accounts.upsert({ Customer_Number__c: "C-2099", Industry: "Shipping" }, "Customer_Number__c");
  const createdByUpsert = await accounts.upsert({ Customer_Number__c: "C-2100", Name: "Ibis Energy" }, "Customer_Number__c");
  const one = await accounts.retrieve(created.id);
  const many = await accounts.retrieve([created.id, "001000000000000AAA", createdByUpsert.id], { fields: ["Name"] });
  const createdMany = await accounts.create([{ Name: "Jade Foods" }, { Industry: "nameless" }], { allOrNone: false });
  const changed = await accounts.update([{ Id: created.id, Type: "Customer" }, { Id: createdByUpsert.id, Type: "Customer" }]);
  const key = "Customer_Number__c";
  const bulk = await accounts.upsert([{ [key]: "C-2100", Type: "Partner" }, { [key]: "C-2101", Name: "Kite" }], key);
  const removed = await accounts.destroy([createdMany[0].id, bulk[1].id]);
  const deleted = await accounts.destroy(createdByUpsert.id);
  return {
    created: [created.success, created.errors],
    updated: [updated.id === created.id, updated.success],
    upserted: [upserted.id === created.id, upserted.created],
    upsertCreated: createdByUpsert.created,
    one: [one.attributes.type, one.Name, one.Industry],
    many: many.map((row) => row && row.Name),
    createdMany: [createdMany[0].success, createdMany[1].success, createdMany[1].errors[0].statusCode, createdMany[1].errors[0].fields],
    changed: changed.map((each) => each.success),
    bulk: bulk.map((each) => each.created),
    removed: removed.map((each) => each.success),
    deleted: [deleted.id === createdByUpsert.id, deleted.success],
    getDeleted: await catchError(() => accounts.retrieve(createdByUpsert.id)),
  };
};

const checkAmbiguousId = async (sf) => {
  const contacts = sf.sobject("Contact");
  await contacts.create({ LastName: "Moreau", Contact_Key__c: "K-1" });
  await contacts.create({ LastName: "Moreau", Contact_Key__c: "K-1" });
  return catchError(() => contacts.upsert({ Contact_Key__c: "K-1", Title: "CFO" }, "Contact_Key__c"));
};

const checkTimeRanges = async (sf) => {
  const [start, end] = ["2026-11-20T11:00:00Z", "2026-11-20T13:00:00Z"];
  const deleted = await sf.sobject("Account").deleted(start, end);
  const updated = await sf.sobject("Account").updated(start, end);
  return [deleted.deletedRecords.length, deleted.latestDateCovered, updated.ids.length];
};

const sf = connect();
const user = await sf.authorize({ grant_type: "client_credentials" });
const findings = {
  user: [user.organizationId.slice(0, 3), user.id.slice(0, 3)],
  instance: sf.instanceUrl === input.address,
  queries: await checkQueries(sf),
  rows: await checkRows(sf),
  ambiguousId: await checkAmbiguousId(sf),
  timeRanges: await checkTimeRanges(sf),
  described: (await sf.sobject("Account").describe()).fields.filter((field) => field.externalId).map((field) => field.name),
  objects: (await sf.describeGlobal()).sobjects.map((each) => each.name),
  limits: await sf.limits(),
  usage: sf.limitInfo.apiUsage,
  duplicate: await catchError(() => sf.sobject("Account").create({ Name: "Emmen Water" })),
  "wrong secret": await catchError(() => connect("guessed").authorize({ grant_type: "client_credentials" })),
};
process.stdout.write(`${JSON.stringify(findings)}\n`);
