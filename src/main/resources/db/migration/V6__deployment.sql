-- Which database this is, wherever it is moved or restored to: nodes of one cluster must all use the same.
create table deployment (
    only_row    boolean primary key default true check (only_row),
    database_id uuid    not null default gen_random_uuid()
);

insert into deployment default values;
