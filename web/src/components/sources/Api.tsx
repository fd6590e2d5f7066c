// The tab of the source api.
import IconApi from '@tabler/icons-react/dist/esm/icons/IconApi.mjs';
import { lazy } from 'react';
import type { SourceTab } from './source';

export const api: SourceTab = {
  key: 'api',
  label: 'API',
  icon: IconApi,
  help: 'Send deals from your own programs.',
  component: lazy(() => import('./api/ApiTab')),
};
