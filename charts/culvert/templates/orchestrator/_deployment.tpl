{{/* One Deployment. Takes (dict "root" $ "name" SUFFIX "roles" TEXT "size" VALUES): size has replicas and resources. */}}
{{- define "culvert.orchestrator" -}}
{{- $part := dict "root" .root "part" .name }}
{{- $image := dict "root" .root "part" "orchestrator" }}
{{- $values := .root.Values.orchestrator }}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "culvert.metadata" $part | nindent 2 }}
spec:
  replicas: {{ .size.replicas }}
  selector:
    matchLabels:
      {{- include "culvert.selector" $part | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "culvert.podLabels" $part | nindent 8 }}
        culvert.dev/metrics: 'true'
        culvert.dev/orchestrator: 'true'
        {{- if contains "api" .roles }}
        culvert.dev/api: 'true'
        {{- end }}
      annotations:
        kubectl.kubernetes.io/default-container: orchestrator
        {{- with $values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ include "culvert.name" .root }}-orchestrator
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 30
      {{- with include "culvert.scheduling" (dict "root" .root "values" $values) | trim }}{{ . | nindent 6 }}{{ end }}
      {{- include "culvert.spread" $part | nindent 6 }}
      securityContext:
        {{- include "culvert.podSecurity" $part | nindent 8 }}
      containers:
        - name: orchestrator
          {{- include "culvert.containerImage" $image | nindent 10 }}
          securityContext:
            {{- include "culvert.containerSecurity" . | nindent 12 }}
          ports:
            {{- if contains "api" .roles }}
            - { name: api, containerPort: 9090 }
            {{- end }}
            - { name: metrics, containerPort: 9464 }
          {{- include "culvert.probes" . | nindent 10 }}
          resources:
            {{- toYaml .size.resources | nindent 12 }}
          env:
            {{- include "culvert.environment" (dict "base" (include "culvert.orchestratorVariables" .) "extra" $values.env) | trim | nindent 12 }}
          volumeMounts:
            - { name: state, mountPath: /var/lib/culvert }
            - { name: token, mountPath: /etc/culvert/token, readOnly: true }
      volumes:
        - name: state
          emptyDir: { sizeLimit: 16Mi }
        - name: token
          secret:
            secretName: {{ include "culvert.graphqlSecret" .root }}
            items:
              - { key: token, path: token }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "culvert.metadata" $part | nindent 2 }}
spec:
  # Not minAvailable: with one replica that would keep nodes from being drained.
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "culvert.selector" $part | nindent 6 }}
{{- end }}

{{/* The orchestrator's environment. Takes what culvert.orchestrator takes. */}}
{{- define "culvert.orchestratorVariables" -}}
{{- $name := printf "%s-orchestrator" (include "culvert.name" .root) }}
{{- $space := .root.Release.Namespace }}
{{- $hosts := list $name (printf "%s.%s" $name $space) (printf "%s.%s.svc" $name $space) (printf "%s.%s.svc.cluster.local" $name $space) }}
- { name: CULVERT_ROLES, value: {{ .roles | quote }} }
- { name: CULVERT_LOG_LEVEL, value: {{ .root.Values.logLevel | quote }} }
- { name: CULVERT_HOST, value: {{ .root.Values.listenAddress | quote }} }
- { name: CULVERT_PORT, value: '9090' }
- { name: CULVERT_METRICS_HOST, value: {{ .root.Values.listenAddress | quote }} }
- { name: CULVERT_METRICS_PORT, value: '9464' }
- { name: CULVERT_ALLOWED_HOSTS, value: {{ concat $hosts .root.Values.orchestrator.allowedHosts | join "," | quote }} }
- { name: CULVERT_TOKEN_FILE, value: /etc/culvert/token/token }
- { name: CULVERT_DATA_DIR, value: /var/lib/culvert }
{{- $retention := .root.Values.orchestrator.retention }}
- { name: CULVERT_RETENTION_MS, value: {{ mul $retention.hours 3600000 | quote }} }
# What comes late is accepted for three days at most.
- { name: CULVERT_ACCEPTED_PAST_MS, value: {{ mul (min $retention.hours 72) 3600000 | quote }} }
- { name: CULVERT_RETENTION_BYTES, value: {{ $retention.bytes | default (.root.Values.embedded.enabled | ternary 12884901888 21474836480) | int64 | quote }} }
{{ include "culvert.tracingVariables" .root }}
{{ include "culvert.natsVariables" .root }}
{{ include "culvert.postgresVariables" .root }}
{{- end }}
