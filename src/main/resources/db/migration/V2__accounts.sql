-- Names are compared without regard to case in every alphabet. What lower() does depends on the database's locale (under
-- "C" it knows ASCII alone), so the collation is named: every PostgreSQL that is built with ICU has it.
drop index user_account_username_key;
drop index user_account_email_key;
create unique index user_account_username_key on user_account (lower(username collate "und-x-icu") text_pattern_ops);
create unique index user_account_email_key on user_account (lower(email collate "und-x-icu") text_pattern_ops);
create index user_account_display_name on user_account (lower(display_name collate "und-x-icu") text_pattern_ops);

-- With the token itself, which only the client has, this gives its successor: whoever sends the token again because the
-- answer was lost gets the same one. Null until it is spent.
alter table refresh_token add column nonce bytea;
