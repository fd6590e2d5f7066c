// The tab of the source csv.
import IconFileSpreadsheet from '@tabler/icons-react/dist/esm/icons/IconFileSpreadsheet.mjs';
import { lazy } from 'react';
import type { SourceTab } from './source';

export const csv: SourceTab = {
  key: 'csv',
  label: 'CSV file',
  icon: IconFileSpreadsheet,
  help: 'Drop a spreadsheet. You see what it will do before anything is saved.',
  component: lazy(() => import('./csv/CsvTab')),
};
