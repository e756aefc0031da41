-- When a contact of amoCRM was erased on a person's request: what amoCRM tells of it afterwards is not kept.
ALTER TABLE amocrm_contacts ADD COLUMN erased_at timestamptz;
