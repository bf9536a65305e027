import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: "canonical_schema.graphql",
  documents: "project.graphql",
  generates: {
    "generated/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: "string", // documents go over the wire as they are; no GraphQL library is needed to send them
        emitLegacyCommonJSImports: false,
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true, // a scalar that is not named below is an error
        scalars: {
          CountryCode: "string",
          CurrencyCode: "string",
          Date: "string",
          DateTime: "string",
          Decimal: "string", // exact: a JavaScript number is not
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
