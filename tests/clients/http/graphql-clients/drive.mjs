// Runs the audits of graphql-http, Apollo Client and urql, which are installed in the working directory.

import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(`${process.cwd()}/`);
const { auditServer } = require("graphql-http");
const { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } = require("@apollo/client");
const { PersistedQueryLink } = require("@apollo/client/link/persisted-queries");
const { Client, fetchExchange } = require("@urql/core");
const { url, token } = JSON.parse(readFileSync(0, "utf8"));
const authorization = `Bearer ${token}`;

const requests = [];
const recordFetch = async (input, init = {}) => {
  const response = await fetch(input, init);
  requests.push([init.method ?? "GET", response.status]);
  return response;
};
const takeRequests = () => requests.splice(0);

const audit = async () => {
  const fetchFn = (input, init = {}) => fetch(input, { ...init, headers: { ...init.headers, authorization } });
  const results = await auditServer({ url, fetchFn });
  const counts = { ok: 0, warn: 0, error: 0, notice: 0 };
  for (const result of results) counts[result.status] += 1;
  const failed = results.filter((each) => each.status !== "ok").map((each) => `${each.id} ${each.name}: ${each.reason}`);
  return { counts, failed };
};

const runApollo = async (useGETForHashedQueries) => {
  const sha256 = (text) => createHash("sha256").update(text).digest("hex");
  const http = new HttpLink({ uri: url, headers: { authorization }, fetch: recordFetch });
  const link = ApolloLink.from([new PersistedQueryLink({ sha256, useGETForHashedQueries }), http]);
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  const first = await client.query({ query: gql`query First { projects(first: 1) { nodes { code } } }` });
  const second = await client.query({ query: gql`query Second { projects(first: 2) { nodes { code } } }` });
  return { data: [first.data.projects.nodes.length, second.data.projects.nodes.length], requests: takeRequests() };
};

const runUrql = async (options = {}) => {
  const client = new Client({
    url,
    exchanges: [fetchExchange],
    fetch: recordFetch,
    fetchOptions: { headers: { authorization } },
    ...options,
  });
  const result = await client.query("query($n: Int) { projects(first: $n) { nodes { code } } }", { n: 2 }).toPromise();
  return { data: result.data?.projects.nodes.length ?? null, requests: takeRequests() };
};

const findings = {
  audit: await audit(),
  apollo: await runApollo(false),
  apolloWithGet: await runApollo(true),
  urql: await runUrql(),
};
process.stdout.write(`${JSON.stringify(findings)}\n`);
