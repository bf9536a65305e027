import { type TypedDocumentString, UnifiedViewDocument } from "./generated/graphql.js";

/** A GraphQL response; a response with errors can contain partial data. */
interface GraphQLResponse<Data> {
  data?: Data | null;
  errors?: { message: string; path?: (string | number)[]; extensions: { code: string } }[];
}

async function execute<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
): Promise<GraphQLResponse<Data>> {
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
  return (await response.json()) as GraphQLResponse<Data>;
}

const { data, errors = [] } = await execute(UnifiedViewDocument, { code: "PRJ-1007" });
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
