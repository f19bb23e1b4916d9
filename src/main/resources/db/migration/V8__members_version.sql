-- Counts the changes of a room's members, roles and title. A commit passes only when its owner knows the newest of them:
-- so that an owner which lost the room, and has not noticed, lets nobody write who was removed since.
-- Not counted: who enters a channel. Thousands may at once, and would queue for the room's row with the commits; an owner
-- that missed it finds out when they join.
alter table room add column members_version bigint not null default 0;
