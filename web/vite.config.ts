// One entry per page. The gateway reads the manifest and links the files of an entry (gateway/console/bundle.py).
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

import { createCompressionPlugin } from './build/compression.ts';

export default defineConfig({
  base: './', // relative URLs: the gateway may be served under any path
  plugins: [react(), createCompressionPlugin()],
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    cssTarget: 'chrome123', // keep light-dark() unchanged
    manifest: true,
    outDir: '../gateway/console/static',
    emptyOutDir: true,
    chunkSizeWarningLimit: 4096, // the editor is one chunk of 2.8 MB
    rolldownOptions: { input: { graphiql: 'graphiql/main.tsx' } },
  },
});
