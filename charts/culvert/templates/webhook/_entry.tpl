{{/* What both entries say. The operator adds caBundle; it is not named here, so that upgrades leave it alone. */}}
{{- define "culvert.webhook" -}}
clientConfig:
  service:
    name: {{ include "culvert.name" . }}-operator
    namespace: {{ .Release.Namespace }}
    path: /inject
    port: 443
  {{- if eq .Values.webhook.certificates.mode "Supplied" }}
  caBundle: {{ .Values.webhook.certificates.caBundle }}
  {{- end }}
rules:
  - operations: [CREATE]
    apiGroups: ['']
    apiVersions: [v1]
    resources: [pods]
    scope: Namespaced
admissionReviewVersions: [v1]
failurePolicy: {{ .Values.webhook.failurePolicy }}
matchPolicy: Equivalent
# Other injectors may add containers afterwards.
reinvocationPolicy: IfNeeded
sideEffects: NoneOnDryRun
timeoutSeconds: {{ .Values.webhook.timeoutSeconds }}
{{- end }}
