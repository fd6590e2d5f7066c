// HubSpot: its state, the address for its webhooks, and how to set it up there.
import { CrmTab } from './CrmTab';

export default function HubspotTab() {
  return (
    <CrmTab
      system="hubspot"
      name="HubSpot"
      path="/api/sales/deals/hubspot/sync"
      app={[
        'In HubSpot, open Settings, then Integrations, then Private apps, and make one.',
        'Give it the scopes crm.objects.deals.read, crm.objects.contacts.read, crm.objects.companies.read, crm.schemas.deals.read and crm.objects.owners.read.',
        'Copy its access token, and from the tab Auth its client secret, to here.',
      ]}
      steps={[
        'In HubSpot, open Automation, then Workflows, and make a deal-based workflow.',
        'Let it start when a deal is created, or when its stage, amount or close date changes. Allow it to start again.',
        'Add the action “Send a webhook”, method POST, and paste the address below.',
        'Under “Authentication”, add a request header named Authorization with the value “Bearer ” followed by a key (make one in the tab API).',
        'Include all deal properties, publish the workflow, and change a deal: it shows up here.',
      ]}
    />
  );
}
