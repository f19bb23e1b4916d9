/* Swagger UI with what this API's two ways of signing in need. */

const SAFE = ['GET', 'HEAD', 'OPTIONS'];
const SIGN_IN = /\/auth\/(login|register|signup|refresh)$/;

function cookie(name) {
  const found = document.cookie.split('; ').find((pair) => pair.startsWith(`${name}=`));
  return found && decodeURIComponent(found.slice(name.length + 1));
}

/** With the session cookie, what changes something needs proof that one of our own pages sent it. */
function proveOrigin(request) {
  const ours = new URL(request.url, location.href).origin === location.origin;
  const token = cookie('XSRF-TOKEN');
  if (ours && token && !SAFE.includes((request.method || 'GET').toUpperCase())) {
    request.headers['X-XSRF-TOKEN'] = token;
  }
  return request;
}

/** Whoever signs in on this page goes on as that user. */
function keepToken(response) {
  if (response.ok && SIGN_IN.test(new URL(response.url, location.href).pathname)) {
    ui.preauthorizeApiKey('bearer', JSON.parse(response.text).accessToken);
  }
  return response;
}

const ui = SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  requestInterceptor: proveOrigin,
  responseInterceptor: keepToken,
});
