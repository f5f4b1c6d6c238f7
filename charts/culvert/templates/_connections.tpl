{{/* Secrets: the one that the values name, else the one that init-secrets makes. */}}
{{- define "culvert.natsSecret" -}}
{{- .Values.nats.existingSecret | default (printf "%s-nats" (include "culvert.name" .)) -}}
{{- end }}
{{- define "culvert.redactionSecret" -}}
{{- .Values.redaction.existingSecret | default (printf "%s-redaction" (include "culvert.name" .)) -}}
{{- end }}
{{- define "culvert.graphqlSecret" -}}
{{- .Values.orchestrator.graphql.existingSecret | default (printf "%s-graphql" (include "culvert.name" .)) -}}
{{- end }}
{{- define "culvert.postgresSecret" -}}
{{- .Values.postgres.existingSecret | default (printf "%s-postgres" (include "culvert.name" .)) -}}
{{- end }}

{{/* Where NATS is, without credentials. */}}
{{- define "culvert.natsUrl" -}}
{{- if .Values.embedded.enabled -}}
nats://{{ include "culvert.host" (dict "root" . "part" "nats") }}:4222
{{- else -}}
{{ .Values.nats.url }}
{{- end -}}
{{- end }}

{{/* The files of the NATS credentials, as items of a volume. */}}
{{- define "culvert.natsItems" -}}
{{- if eq .Values.nats.credentials "Token" -}}
- { key: nats-token, path: nats-token }
{{- else -}}
- { key: nats-user, path: nats-user }
- { key: nats-password, path: nats-password }
{{- end }}
{{- end }}

{{/* Variables with the NATS credentials, for processes that want them within NATS_URL. */}}
{{- define "culvert.natsVariables" -}}
{{- $secret := include "culvert.natsSecret" . }}
{{- $address := splitn "://" 2 (include "culvert.natsUrl" .) }}
{{- if eq .Values.nats.credentials "Token" -}}
- name: NATS_TOKEN
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: nats-token } }
- name: NATS_URL
  value: {{ printf "%s://$(NATS_TOKEN)@%s" $address._0 $address._1 | quote }}
{{- else -}}
- name: NATS_USER
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: nats-user } }
- name: NATS_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: nats-password } }
- name: NATS_URL
  value: {{ printf "%s://$(NATS_USER):$(NATS_PASSWORD)@%s" $address._0 $address._1 | quote }}
{{- end }}
{{- end }}

{{/* Variables that say where Postgres is. */}}
{{- define "culvert.postgresVariables" -}}
{{- $secret := include "culvert.postgresSecret" . }}
{{- if .Values.embedded.enabled -}}
- name: POSTGRES_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: password } }
- name: CULVERT_POSTGRES_URL
  value: postgres://culvert:$(POSTGRES_PASSWORD)@{{ include "culvert.host" (dict "root" . "part" "postgres") }}:5432/culvert
{{- else -}}
- name: CULVERT_POSTGRES_URL
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: {{ .Values.postgres.urlKey }} } }
{{- end }}
{{- end }}

{{/* Where operator and orchestrator send traces. */}}
{{- define "culvert.tracingVariables" -}}
- { name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ .Values.tracing.endpoint | quote }} }
{{- end }}
