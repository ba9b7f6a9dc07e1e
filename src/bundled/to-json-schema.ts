/**
 * Replaces zod's maker of JSON Schemas in the bundle (wrangler.toml, alias). Every schema has a method that needs it, so no
 * bundler leaves it out. The Worker only validates: the API's document is made when it is built (dev/openapi).
 */
function notMade() {
  return (): never => {
    throw new Error("The Worker makes no JSON Schema.");
  };
}

export { notMade as createStandardJSONSchemaMethod, notMade as createToJSONSchemaMethod };
