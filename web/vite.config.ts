// One project, one entry per page. The gateway reads the manifest and links what an entry needs (gateway/console/bundle.py).
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

import { compressed } from './build/compressed.ts';

export default defineConfig({
  base: './', // addresses are relative to the file that names them: the gateway may lie under any path
  plugins: [react(), compressed()],
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    cssTarget: 'chrome123', // light-dark() as it stands
    manifest: true,
    outDir: '../gateway/console/static',
    emptyOutDir: true,
    chunkSizeWarningLimit: 4096, // the editor is one chunk of 2.8 MB
    rolldownOptions: { input: { graphiql: 'graphiql/main.tsx' } },
  },
});
