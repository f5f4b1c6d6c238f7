#!/bin/sh
# Makes the database on the first start, then becomes Postgres. Arguments are passed on to it.
set -eu
: "${POSTGRES_USER:=postgres}" "${POSTGRES_DB:=$POSTGRES_USER}"

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  : "${POSTGRES_PASSWORD:?has to be set on the first start}"
  # Made beside and renamed: a start that was cut short leaves nothing that looks whole.
  new=$PGDATA.new
  rm -rf "$new"
  password=$(mktemp)
  printf '%s' "$POSTGRES_PASSWORD" >"$password"
  initdb --pgdata="$new" --username="$POSTGRES_USER" --pwfile="$password" \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C
  rm "$password"
  echo 'host all all all scram-sha-256' >>"$new/pg_hba.conf"
  if [ "$POSTGRES_DB" != postgres ]; then
    echo "CREATE DATABASE \"$POSTGRES_DB\"" | postgres --single -D "$new" postgres
  fi
  mv "$new" "$PGDATA"
fi
unset POSTGRES_PASSWORD

exec postgres -D "$PGDATA" -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql "$@"
