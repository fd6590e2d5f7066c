// Salesforce: its state, the address for its messages, and how to set it up there.
import { CrmTab } from './CrmTab';

export default function SalesforceTab() {
  return (
    <CrmTab
      system="salesforce"
      name="Salesforce"
      path="/api/sales/deals/salesforce/sync"
      steps={[
        'In Salesforce, open Setup, then Flows, and make a record-triggered flow for the object Opportunity.',
        'Let it run when a record is created or updated, after it is saved.',
        'Add an HTTP callout (method POST) to the address below, with the opportunity as JSON.',
        'In its named credential, send the header Authorization with the value “Bearer ” followed by a key (make one in the tab API).',
        'Send at least Id, Name, StageName, Amount, CloseDate and LastModifiedDate. Activate it, and change an opportunity: it shows up here.',
      ]}
    />
  );
}
