// How the app is built: two pages (the app, the API reference), hashed files, no inline script or style without the server's nonce.
import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const page = (name: string) => fileURLToPath(new URL(name, import.meta.url));

// For `vite` on a developer's machine: which server it stands in front of, and with which API key when one is not signed in.
const server = process.env.TRIBUTARY_DEV_SERVER ?? 'http://127.0.0.1:8080';
const key = process.env.TRIBUTARY_DEV_KEY;
const behind = { target: server, ws: true, ...(key === undefined ? {} : { headers: { Authorization: `Bearer ${key}` } }) };

export default defineConfig({
  plugins: [react()],
  html: { cspNonce: '{{nonce}}' },
  resolve: { alias: { '@': page('src') } },
  build: {
    outDir: '../build/web/dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: 'es2023',
    modulePreload: { polyfill: false },
    rollupOptions: {
      // The form script stands in pages of other people: one file, alone, at an address that stays.
      input: { index: page('index.html'), docs: page('docs.html'), 'embed/form': page('embed/form.ts') },
      output: { entryFileNames: ({ name }) => (name === 'embed/form' ? 'embed/form.js' : 'assets/[name]-[hash].js') },
    },
    chunkSizeWarningLimit: 4000,
  },
  server: { port: 5173, strictPort: true, proxy: { '/api': behind, '/openapi.json': server } },
  test: { environment: 'jsdom', include: ['src/**/*.test.ts', 'src/**/*.test.tsx'] },
});
