package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

type stack struct{ aws clients }

type stackModel struct {
	ID           types.String `tfsdk:"id"`
	Name         types.String `tfsdk:"name"`
	TemplateBody types.String `tfsdk:"template_body"`
	TemplateURL  types.String `tfsdk:"template_url"`
	Capabilities []string     `tfsdk:"capabilities"`
	Parameters   types.Map    `tfsdk:"parameters"`
	Outputs      types.Map    `tfsdk:"outputs"`
}

func (*stack) Metadata(_ context.Context, _ resource.MetadataRequest, answer *resource.MetadataResponse) {
	answer.TypeName = "aws_cloudformation_stack"
}

func (*stack) Schema(_ context.Context, _ resource.SchemaRequest, answer *resource.SchemaResponse) {
	answer.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"id":            identifier(),
		"name":          fixed(),
		"template_body": schema.StringAttribute{Optional: true, Computed: true},
		"template_url":  schema.StringAttribute{Optional: true},
		"capabilities":  schema.SetAttribute{Optional: true, ElementType: types.StringType},
		"parameters":    schema.MapAttribute{Optional: true, Computed: true, ElementType: types.StringType},
		"outputs":       schema.MapAttribute{Computed: true, ElementType: types.StringType},
	}}
}

func identifier() schema.StringAttribute {
	return schema.StringAttribute{
		Computed:      true,
		PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

// An argument with whose change the resource is made anew.
func fixed() schema.StringAttribute {
	return schema.StringAttribute{
		Required:      true,
		PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
	}
}

func (r *stack) Configure(_ context.Context, request resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	r.aws = clientsOf(request.ProviderData)
}

func (r *stack) Create(ctx context.Context, request resource.CreateRequest, answer *resource.CreateResponse) {
	var plan stackModel
	answer.Diagnostics.Append(request.Plan.Get(ctx, &plan)...)
	created, err := r.aws.cloudformation.CreateStack(ctx, &cloudformation.CreateStackInput{
		StackName:    plan.Name.ValueStringPointer(),
		TemplateBody: given(plan.TemplateBody),
		TemplateURL:  given(plan.TemplateURL),
		Capabilities: plan.capabilities(),
		Parameters:   plan.parameters(),
	})
	if failed(&answer.Diagnostics, "The stack cannot be created", err) {
		return
	}
	plan.ID = types.StringPointerValue(created.StackId)
	found, err := r.settled(ctx, plan.ID.ValueString(), cfn.StackStatusCreateComplete)
	if failed(&answer.Diagnostics, "The stack was not created", err) || failed(&answer.Diagnostics, "Its template cannot be read", r.fill(ctx, &plan, found)) {
		return
	}
	answer.Diagnostics.Append(answer.State.Set(ctx, plan)...)
}

// What CloudFormation answers of the parameters that were given becomes the state, asterisks included.
func (r *stack) Read(ctx context.Context, request resource.ReadRequest, answer *resource.ReadResponse) {
	var state stackModel
	answer.Diagnostics.Append(request.State.Get(ctx, &state)...)
	found, err := r.describe(ctx, state.ID.ValueString())
	if err != nil && strings.Contains(err.Error(), "does not exist") || err == nil && found.StackStatus == cfn.StackStatusDeleteComplete {
		answer.State.RemoveResource(ctx)
		return
	}
	if failed(&answer.Diagnostics, "The stack cannot be read", err) {
		return
	}
	before := state.Parameters.Elements()
	parameters := map[string]string{}
	for _, parameter := range found.Parameters {
		if _, isGiven := before[aws.ToString(parameter.ParameterKey)]; isGiven {
			parameters[aws.ToString(parameter.ParameterKey)] = aws.ToString(parameter.ParameterValue)
		}
	}
	state.Parameters, _ = types.MapValueFrom(ctx, types.StringType, parameters)
	if len(found.Capabilities) > 0 {
		state.Capabilities = nil
		for _, capability := range found.Capabilities {
			state.Capabilities = append(state.Capabilities, string(capability))
		}
	}
	if failed(&answer.Diagnostics, "Its template cannot be read", r.fill(ctx, &state, found)) {
		return
	}
	answer.Diagnostics.Append(answer.State.Set(ctx, state)...)
}

func (r *stack) Update(ctx context.Context, request resource.UpdateRequest, answer *resource.UpdateResponse) {
	var plan stackModel
	answer.Diagnostics.Append(request.Plan.Get(ctx, &plan)...)
	input := &cloudformation.UpdateStackInput{
		StackName:    plan.ID.ValueStringPointer(),
		TemplateURL:  given(plan.TemplateURL),
		Capabilities: plan.capabilities(),
		Parameters:   plan.parameters(),
	}
	if input.TemplateURL == nil {
		input.TemplateBody = given(plan.TemplateBody)
	}
	_, err := r.aws.cloudformation.UpdateStack(ctx, input)
	isSo := err != nil && strings.Contains(err.Error(), "No updates are to be performed")
	if !isSo && failed(&answer.Diagnostics, "The stack cannot be updated", err) {
		return
	}
	found, err := r.settled(ctx, plan.ID.ValueString(), cfn.StackStatusUpdateComplete, cfn.StackStatusCreateComplete)
	if failed(&answer.Diagnostics, "The stack was not updated", err) || failed(&answer.Diagnostics, "Its template cannot be read", r.fill(ctx, &plan, found)) {
		return
	}
	answer.Diagnostics.Append(answer.State.Set(ctx, plan)...)
}

func (r *stack) Delete(ctx context.Context, request resource.DeleteRequest, answer *resource.DeleteResponse) {
	var state stackModel
	answer.Diagnostics.Append(request.State.Get(ctx, &state)...)
	_, err := r.aws.cloudformation.DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: state.ID.ValueStringPointer()})
	if failed(&answer.Diagnostics, "The stack cannot be deleted", err) {
		return
	}
	_, err = r.settled(ctx, state.ID.ValueString(), cfn.StackStatusDeleteComplete)
	failed(&answer.Diagnostics, "The stack was not deleted", err)
}

func (r *stack) describe(ctx context.Context, id string) (cfn.Stack, error) {
	described, err := r.aws.cloudformation.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &id})
	if err != nil {
		return cfn.Stack{}, err
	}
	return described.Stacks[0], nil
}

// Waits until nothing goes on with the stack, which then has to stand as one of these.
func (r *stack) settled(ctx context.Context, id string, wanted ...cfn.StackStatus) (cfn.Stack, error) {
	for {
		found, err := r.describe(ctx, id)
		if err != nil {
			return found, err
		}
		for _, status := range wanted {
			if found.StackStatus == status {
				return found, nil
			}
		}
		if !strings.HasSuffix(string(found.StackStatus), "_IN_PROGRESS") {
			return found, fmt.Errorf("%s: %s", found.StackStatus, aws.ToString(found.StackStatusReason))
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// Writes down what nobody gives, and the template where it is another one than is known.
func (r *stack) fill(ctx context.Context, model *stackModel, found cfn.Stack) error {
	outputs := map[string]string{}
	for _, output := range found.Outputs {
		outputs[aws.ToString(output.OutputKey)] = aws.ToString(output.OutputValue)
	}
	model.Outputs, _ = types.MapValueFrom(ctx, types.StringType, outputs)
	input := &cloudformation.GetTemplateInput{StackName: found.StackId, TemplateStage: cfn.TemplateStageOriginal}
	template, err := r.aws.cloudformation.GetTemplate(ctx, input)
	if err != nil {
		return err
	}
	if !isSameJSON(model.TemplateBody.ValueString(), aws.ToString(template.TemplateBody)) {
		model.TemplateBody = types.StringPointerValue(template.TemplateBody)
	}
	if model.Parameters.IsUnknown() {
		model.Parameters = types.MapNull(types.StringType)
	}
	return nil
}

func (m stackModel) capabilities() []cfn.Capability {
	var all []cfn.Capability
	for _, capability := range m.Capabilities {
		all = append(all, cfn.Capability(capability))
	}
	return all
}

func (m stackModel) parameters() []cfn.Parameter {
	var all []cfn.Parameter
	for key, value := range m.Parameters.Elements() {
		all = append(all, cfn.Parameter{ParameterKey: &key, ParameterValue: aws.String(value.(types.String).ValueString())})
	}
	return all
}

// Nothing for what is not given, or not known before CloudFormation has answered.
func given(value types.String) *string {
	if value.IsUnknown() {
		return nil
	}
	return value.ValueStringPointer()
}

func isSameJSON(one, other string) bool {
	var first, second any
	if json.Unmarshal([]byte(one), &first) != nil || json.Unmarshal([]byte(other), &second) != nil {
		return false
	}
	return reflect.DeepEqual(first, second)
}

// Whether AWS answered with an error of this name.
func isCalled(err error, name string) bool {
	var answered smithy.APIError
	return errors.As(err, &answered) && answered.ErrorCode() == name
}
