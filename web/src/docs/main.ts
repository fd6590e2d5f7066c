// The API reference at /docs: Scalar over /openapi.json, with everything switched off that would ask another host.
import { createApiReference } from '@scalar/api-reference';
import '@scalar/api-reference/style.css';

createApiReference('#reference', {
  url: '/openapi.json',
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  theme: 'default',
  metaData: { title: 'Tributary API' },
});
