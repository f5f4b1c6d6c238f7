{{/* Which Secrets init-secrets makes: those that the values name no Secret of the user's for. */}}
{{- define "culvert.secretPlan" -}}
{{- $name := include "culvert.name" . }}
# Argo CD takes what has the label app.kubernetes.io/instance for its own, and deletes what no manifest names.
labels:
  app.kubernetes.io/name: culvert
  culvert.dev/release: {{ .Release.Name }}
  app.kubernetes.io/component: init-secrets
  app.kubernetes.io/part-of: culvert
  app.kubernetes.io/managed-by: culvert
annotations:
  argocd.argoproj.io/sync-options: Prune=false
  argocd.argoproj.io/compare-options: IgnoreExtraneous
secrets:
  {{- if and .Values.embedded.enabled (not .Values.nats.existingSecret) }}
  - name: {{ $name }}-nats
    fixed: { nats-user: culvert }
    random: [nats-password]
  {{- end }}
  {{- if and .Values.embedded.enabled (not .Values.postgres.existingSecret) }}
  - name: {{ $name }}-postgres
    random: [password]
  {{- end }}
  {{- if not .Values.redaction.existingSecret }}
  - name: {{ $name }}-redaction
    random: [redaction-key]
  {{- end }}
  {{- if not .Values.orchestrator.graphql.existingSecret }}
  - name: {{ $name }}-graphql
    random: [token]
  {{- end }}
{{- end }}

{{/* Annotations of a hook that runs before anything is installed or changed. Takes its weight. */}}
{{- define "culvert.hook" -}}
helm.sh/hook: pre-install,pre-upgrade,pre-rollback
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}
