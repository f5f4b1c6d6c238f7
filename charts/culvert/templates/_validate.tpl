{{/* Contradictions that values.schema.json can't see; each message says what to set. */}}
{{- define "culvert.validate" -}}
{{- $values := .Values }}
{{- $problems := list }}
{{- if $values.embedded.enabled }}
  {{- if $values.nats.url }}
    {{- $problems = append $problems "nats.url is set although embedded.enabled runs a NATS of its own: leave one of them out" }}
  {{- end }}
  {{- if ne $values.nats.credentials "Password" }}
    {{- $problems = append $problems "the embedded NATS knows user and password only: set nats.credentials=Password" }}
  {{- end }}
{{- else }}
  {{- if not $values.postgres.existingSecret }}
    {{- $problems = append $problems (printf "where Postgres is, is not known: set postgres.existingSecret to a Secret whose key %s holds postgres://user:password@host:5432/database, or embedded.enabled=true to try Culvert out" $values.postgres.urlKey) }}
  {{- end }}
  {{- if not $values.nats.url }}
    {{- $problems = append $problems "where NATS is, is not known: set nats.url to nats://host:4222, or embedded.enabled=true to try Culvert out" }}
  {{- end }}
  {{- if not $values.nats.existingSecret }}
    {{- $problems = append $problems "the credentials of NATS are not known: set nats.existingSecret to a Secret with the keys nats-user and nats-password (or nats-token and nats.credentials=Token)" }}
  {{- end }}
{{- end }}
{{- with $values.webhook.certificates }}
  {{- if eq .mode "Supplied" }}
    {{- if not .existingSecret }}
      {{- $problems = append $problems "webhook.certificates.mode is Supplied: set webhook.certificates.existingSecret to a Secret of type kubernetes.io/tls" }}
    {{- end }}
    {{- if not .caBundle }}
      {{- $problems = append $problems "webhook.certificates.mode is Supplied: set webhook.certificates.caBundle to the authority's certificate, PEM in base64" }}
    {{- end }}
  {{- else if or .existingSecret .caBundle }}
    {{- $problems = append $problems (printf "webhook.certificates.existingSecret and caBundle are used with mode Supplied only, and mode is %s" .mode) }}
  {{- end }}
  {{- if and .issuerRef (ne .mode "CertManager") }}
    {{- $problems = append $problems (printf "webhook.certificates.issuerRef is used with mode CertManager only, and mode is %s" .mode) }}
  {{- end }}
{{- end }}
{{- if eq .Release.Namespace "kube-system" }}
  {{- $problems = append $problems "Culvert does not belong into kube-system: install it into a namespace of its own, such as culvert-system" }}
{{- end }}
{{- if $problems }}
{{- fail (printf "\n\nThese values don't fit together:\n  - %s\n" (join "\n  - " $problems)) }}
{{- end }}
{{- end }}
