import { type TypedDocumentString, UnifiedViewDocument } from "./generated/graphql.js";

/** What the graph answers: errors do not take the data away. */
interface Answer<Data> {
  data?: Data | null;
  errors?: { message: string; path?: (string | number)[]; extensions: { code: string } }[];
}

async function ask<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
): Promise<Answer<Data>> {
  const response = await fetch(process.env["PSGW_URL"]!, {
    method: "POST",
    headers: {
      Accept: "application/graphql-response+json",
      Authorization: `Bearer ${process.env["PSGW_TOKEN"]}`,
      "Content-Type": "application/json",
    },
    body: JSON.stringify({ query: document, variables }),
  });
  if (response.headers.get("Content-Type")?.startsWith("application/problem+json")) {
    throw new Error(`${response.status}: ${await response.text()}`);
  }
  return (await response.json()) as Answer<Data>;
}

const { data, errors = [] } = await ask(UnifiedViewDocument, { code: "PRJ-1007" });
const project = data?.project;
const invoice = project?.invoices?.nodes?.[0];
console.log(
  JSON.stringify({
    name: project?.name ?? null,
    customer: project?.customer?.legalName ?? null,
    contract: project?.contract?.totalValue?.amount ?? null,
    manager: project?.manager?.displayName ?? null,
    firstDay: project?.timeEntries?.nodes?.[0]?.workDate ?? null,
    invoice: invoice?.number ?? null,
    reporting: invoice?.total?.reporting?.amount ?? null,
    errors: errors.map((error) => error.extensions.code),
  }),
);
