{{/* What every pod of the level `restricted` says. Takes (dict "root" $ "user" UID). */}}
{{- define "culvert.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ .user | default 15900 }}
runAsGroup: {{ .user | default 15900 }}
fsGroup: {{ .user | default 15900 }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{/* What every container says. */}}
{{- define "culvert.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* Image and pull policy of a container. Takes (dict "root" $ "part" NAME). */}}
{{- define "culvert.containerImage" -}}
image: {{ include "culvert.image" . }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
{{- end }}

{{/* Where and with which priority pods of the release run. Takes (dict "root" $ "values" PART). */}}
{{- define "culvert.scheduling" -}}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Replicas on different nodes where that is possible. Takes (dict "root" $ "part" NAME). */}}
{{- define "culvert.spread" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "culvert.selector" . | nindent 8 }}
{{- end }}

{{/* Variables, with those of the values in place of the chart's. Takes (dict "base" YAML "extra" MAP). */}}
{{- define "culvert.environment" -}}
{{- $extra := .extra }}
{{- range fromYamlArray .base }}
{{- if not (hasKey $extra .name) }}
{{- list . | toYaml | nindent 0 }}
{{- end }}
{{- end }}
{{- range $name, $value := $extra }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}

{{/* The probes of a process whose port `metrics` answers /healthz and /readyz. */}}
{{- define "culvert.probes" -}}
# Long: a first start waits for Postgres or NATS, and migrations take their time.
startupProbe:
  httpGet: { path: /healthz, port: metrics }
  periodSeconds: 2
  failureThreshold: 150
livenessProbe:
  httpGet: { path: /healthz, port: metrics }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: { path: /readyz, port: metrics }
  periodSeconds: 5
  timeoutSeconds: 3
{{- end }}
