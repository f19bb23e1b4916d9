-- Channels are looked for by everybody, in the order of their titles.
create index room_channel_title on room (lower(title collate "und-x-icu") collate "C", id) where kind = 'channel';
