// The tab of the source manual.
import IconPencil from '@tabler/icons-react/dist/esm/icons/IconPencil.mjs';
import { lazy } from 'react';
import type { SourceTab } from './source';

export const manual: SourceTab = {
  key: 'manual',
  label: 'By hand',
  icon: IconPencil,
  help: 'Type in one deal.',
  component: lazy(() => import('./manual/ManualTab')),
};
