/** Plugins of Swagger UI. */
const PLUGINS = `  // The operations name the scheme "bearer": a token of the form for username and password is used as one.
  const useTokenAsBearer = () => ({
    statePlugins: {
      auth: {
        wrapActions: {
          authorizeOauth2: (authorize) => (payload) => {
            ui.preauthorizeApiKey('bearer', payload.token.access_token);
            return authorize(payload);
          },
        },
      },
    },
  });

  // The form of a log-in shows the fields of the password grant. Fields of the other grants would be sent with it.
  const showPasswordGrant = () => ({
    statePlugins: {
      spec: {
        wrapActions: {
          updateJsonSpec: (update) => (document) => {
            const form = document.components?.schemas?.TokenRequest;
            if (form) {
              const { username, password } = form.properties;
              form.properties = { username, password };
              form.required = ['username', 'password'];
            }
            return update(document);
          },
        },
      },
    },
  });`;

/** Returns the page of Swagger UI at `/docs/api`. `basePath` is the path of the public address. */
export const renderSwaggerPage = (basePath: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Xentree API</title>
<link rel="icon" href="${basePath}/docs/icon.svg">
<link rel="stylesheet" href="${basePath}/docs/api/swagger-ui.css">
<div id="reference"></div>
<script src="${basePath}/docs/api/swagger-ui-bundle.js"></script>
<script>
${PLUGINS}

  const ui = SwaggerUIBundle({
    url: '${basePath}/openapi.json',
    dom_id: '#reference',
    deepLinking: true,
    plugins: [useTokenAsBearer, showPasswordGrant],
  });
</script>
</html>
`;
