// Starts the app: theme, query cache, toasts, routes.
import { nonce } from './nonce';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api/client';
import { router } from './router';
import { cssVariables, theme } from './theme';

const kFreshMs = 30_000; // the live socket tells of changes; this is for what it does not tell of
const kRetries = 2;

// A refusal will be refused again; what broke may work the second time.
const mayRetry = (failures: number, error: unknown) => failures < kRetries && (!(error instanceof ApiError) || error.status === 0 || error.status >= 500);
const queries = new QueryClient({ defaultOptions: { queries: { staleTime: kFreshMs, retry: mayRetry, refetchOnWindowFocus: false }, mutations: { retry: false } } });

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no root.');
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <QueryClientProvider client={queries}>
        <Notifications position="bottom-right" limit={4} />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
