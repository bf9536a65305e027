import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: "canonical_schema.graphql",
  documents: "project.graphql",
  generates: {
    "generated/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: "string", // documents are sent as strings, without a GraphQL library
        emitLegacyCommonJSImports: false,
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true, // a scalar that is not mapped below is an error
        scalars: {
          CountryCode: "string",
          CurrencyCode: "string",
          Date: "string",
          DateTime: "string",
          Decimal: "string", // exact, unlike a JavaScript number
          Duration: "string",
          EmailAddress: "string",
          JSON: "unknown",
          URL: "string",
          VersionToken: "string",
          _Any: "unknown",
        },
      },
    },
  },
};

export default config;
