// The sources, in the order of the specification. A new source is one file and one line here.
import { api } from './Api';
import { csv } from './Csv';
import { email } from './Email';
import { hubspot } from './Hubspot';
import { manual } from './Manual';
import { salesforce } from './Salesforce';
import type { SourceTab } from './source';
import { webForm } from './WebForm';

export const allSources: SourceTab[] = [manual, webForm, csv, email, api, hubspot, salesforce];
