{{/* The operator's environment. */}}
{{- define "culvert.operatorVariables" -}}
{{- $name := include "culvert.name" . }}
{{- $injection := .Values.injection }}
- { name: CULVERT_OPERATOR_NAMESPACE, valueFrom: { fieldRef: { fieldPath: metadata.namespace } } }
- { name: CULVERT_POD, valueFrom: { fieldRef: { fieldPath: metadata.name } } }
- { name: CULVERT_OPERATOR_NAME, value: {{ $name | quote }} }
- { name: CULVERT_CLUSTER, value: {{ .Values.cluster | quote }} }
- { name: CULVERT_LOG_LEVEL, value: {{ .Values.logLevel | quote }} }
- { name: CULVERT_METRICS_HOST, value: {{ .Values.listenAddress | quote }} }
- { name: CULVERT_METRICS_PORT, value: '9464' }
- { name: CULVERT_LEADER_ELECTION, value: '1' }
{{ include "culvert.tracingVariables" . }}
- { name: CULVERT_WEBHOOK_LINGER_MS, value: '5000' }
- { name: NATS_URL, value: {{ include "culvert.natsUrl" . | quote }} }
- { name: CULVERT_SECRETS_DIR, value: /etc/culvert/nats }
- { name: CULVERT_AGENT_SECRETS_DIR, value: /etc/culvert/agent }
- { name: CULVERT_AGENT_NATS_URL, value: {{ include "culvert.natsUrl" . | quote }} }
- { name: CULVERT_WEBHOOK_PORT, value: '9443' }
- { name: CULVERT_WEBHOOK_CONFIGURATION, value: {{ include "culvert.webhookName" . | quote }} }
- { name: CULVERT_WEBHOOK_SERVICE, value: {{ include "culvert.host" (dict "root" . "part" "operator") | quote }} }
{{- if eq .Values.webhook.certificates.mode "Managed" }}
- { name: CULVERT_CERTIFICATES, value: managed }
{{- else }}
- { name: CULVERT_CERTIFICATES, value: files }
- { name: CULVERT_CERTIFICATE_DIR, value: /etc/culvert/certificates }
# cert-manager's injector or the values give the authority.
- { name: CULVERT_PATCH_CA_BUNDLE, value: '0' }
{{- end }}
- { name: CULVERT_INJECTION_MODE, value: {{ eq $injection.mode "Auto" | ternary "auto" $injection.mode | quote }} }
- { name: CULVERT_SIDECAR_IMAGE, value: {{ include "culvert.image" (dict "root" . "part" "sidecar") | quote }} }
- { name: CULVERT_SIDECAR_PULL_POLICY, value: {{ .Values.image.pullPolicy | quote }} }
- { name: CULVERT_PULL_SECRETS, value: {{ include "culvert.pullSecretNames" . | fromJsonArray | join "," | quote }} }
- { name: CULVERT_SIDECAR_RESOURCES, value: {{ include "culvert.quantities" $injection.sidecar.resources | fromYaml | toJson | quote }} }
- { name: CULVERT_REDIRECT_RESOURCES, value: {{ include "culvert.quantities" $injection.redirect.resources | fromYaml | toJson | quote }} }
- { name: CULVERT_SIDECAR_ENV, value: {{ mergeOverwrite (dict "CULVERT_LOG_LEVEL" $injection.logLevel) (include "culvert.strings" $injection.sidecar.env | fromYaml) | toJson | quote }} }
{{- end }}

{{/* Names of the pull Secrets, as JSON. */}}
{{- define "culvert.pullSecretNames" -}}
{{- $names := list }}
{{- range .Values.image.pullSecrets }}{{ $names = append $names .name }}{{ end }}
{{- toJson $names }}
{{- end }}

{{/* A map whose values are texts, since variables are. */}}
{{- define "culvert.strings" -}}
{{- range $name, $value := . }}
{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end }}

{{/* Requests and limits whose amounts are texts: YAML takes `cpu: 1` for a number. */}}
{{- define "culvert.quantities" -}}
{{- range $kind, $amounts := . }}
{{ $kind }}:
  {{- include "culvert.strings" $amounts | nindent 2 }}
{{- end }}
{{- end }}
